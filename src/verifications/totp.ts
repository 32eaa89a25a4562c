import { generateSecret, generateURI, verifySync } from 'otplib';
import { toDataURL } from 'qrcode';

/** Seconds of one time step (RFC 6238). */
const PERIOD = 30;
/** One step to either side, for clocks that are a little off. Seconds. */
const TOLERANCE = PERIOD;

/** A new shared secret of 160 bits, as RFC 4226 recommends. Base32. */
export function newTotpSecret(): string {
  return generateSecret({ length: 20 });
}

export interface TotpEnrolment {
  /** `otpauth://` address for the authenticator app. */
  readonly uri: string;
  /** The same as a QR code: a PNG in a data URI. */
  readonly qr: string;
}

/** @param label what the app shows beside the code; no name, as others may look at the screen */
export async function enrolmentOf(secret: string, issuer: string, label: string): Promise<TotpEnrolment> {
  const uri = generateURI({ issuer, label, secret });
  return { uri, qr: await toDataURL(uri, { errorCorrectionLevel: 'M', margin: 2, width: 256 }) };
}

/** The time step that a code fits, by the database's clock; null when it fits none that is later than `lastStep`. */
export function fittingStep(secret: string, code: string, now: Date, lastStep: number): number | null {
  if (!/^\d{6}$/.test(code)) return null;
  const epoch = Math.floor(now.getTime() / 1000);
  const result = verifySync({ strategy: 'totp', secret, token: code, epoch, epochTolerance: TOLERANCE });
  if (!result.valid) return null;
  const step = Math.floor(epoch / PERIOD) + result.delta;
  return step > lastStep ? step : null;
}
