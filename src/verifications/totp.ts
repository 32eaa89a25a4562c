import { generateSecret, generateURI, verifySync } from 'otplib';

/** Seconds of one time step (RFC 6238). */
const PERIOD = 30;
/** Before now and after: the digits of the step before count too, as somebody has to type them; those of one to come never. Seconds. */
const TOLERANCE: [number, number] = [PERIOD, 0];

/** A new shared secret of 160 bits, as RFC 4226 recommends. Base32. */
export function newTotpSecret(): string {
  return generateSecret({ length: 20 });
}

export interface TotpEnrolment {
  /** Base32, for who types it. */
  readonly secret: string;
  /** `otpauth://` address for the authenticator app. */
  readonly uri: string;
  /** The same as a QR code: an SVG image in a data URI. */
  readonly qr: string;
}

/** Its dark squares, row by row, for a page that draws it itself: an image in a data URI is none that our pages may show. */
export async function squaresOf(uri: string): Promise<readonly (readonly boolean[])[]> {
  const { create: layOutQr } = await import('qrcode');
  const { size, data } = layOutQr(uri, { errorCorrectionLevel: 'M' }).modules;
  return Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (__, column) => data[row * size + column] === 1),
  );
}

/** @param label what the app shows beside the code; no name, as others may look at the screen */
export async function enrolmentOf(secret: string, issuer: string, label: string): Promise<TotpEnrolment> {
  // Loaded when it is wanted: few enrol, and each process would keep its megabytes.
  const { toString: drawQr } = await import('qrcode');
  const uri = generateURI({ issuer, label, secret });
  // A PNG would be packed here, in one go: nobody else is answered meanwhile.
  const svg = await drawQr(uri, { type: 'svg', errorCorrectionLevel: 'M', margin: 2, width: 256 });
  return { secret, uri, qr: `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}` };
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
