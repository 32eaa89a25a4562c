import type { ExampleContract, ExamplePerson } from './example-export.ts';

const VERIFIED = '2024-03-04T10:00:00.000Z';

/**
 * The few that the demo is about, always the same. Their numbers get text messages, and all they have is verified and aged.
 *
 * - Hanna has an internet contract with e-mail and a mobile one; her partner Willem often calls for her.
 * - The two of them have a third one together, on which both must agree.
 * - Otto has nothing to do with them. The foundation has an IT contact who calls for it.
 */
export function exampleCast(): (ExamplePerson | ExampleContract)[] {
  const home = 'Voorbeeldstraat 12, 0000 XX Nergenshuizen';
  return [
    person('P-1001', 'Hanna Voorbeeld', 'nl', '+44 7700 900101', 'hanna.voorbeeld@example.nl', home),
    person('P-1002', 'Willem Verzonnen', 'nl', '+44 7700 900102', 'willem.verzonnen@example.nl', home),
    person(
      'P-1009',
      'Otto Fictief',
      'nl',
      '+44 7700 900109',
      'otto.fictief@example.nl',
      'Denkbeeldkade 3, 0000 XY Verzonnendam',
    ),
    person(
      'P-1010',
      'Emily Made-Up',
      'en',
      '+44 7700 900110',
      'emily.made-up@example.nl',
      'Fictieplein 7, 0000 YX Voorbeeldstad',
    ),
    {
      ...person(
        'P-1020',
        'Stichting Denkbeeld',
        'nl',
        '+44 7700 900120',
        'bestuur@denkbeeld.example.nl',
        'Nergensweg 1, 0000 YY Denkbeeldveen',
      ),
      kind: 'organisation',
    },
    contract('C-5001', 'any', ['P-1001'], { product: 'internet', status: 'active', has_email: true }),
    contract('C-5002', 'any', ['P-1001'], { product: 'mobile', status: 'active' }),
    contract('C-5003', 'all', ['P-1001', 'P-1002'], { product: 'television', status: 'active' }),
    contract('C-5009', 'any', ['P-1009'], { product: 'internet', status: 'active', has_email: true }),
    contract('C-5010', 'any', ['P-1010'], { product: 'mobile', status: 'active' }),
    contract('C-5020', 'any', ['P-1020'], { product: 'internet', status: 'active', has_email: true }),
  ];
}

function person(
  crm_ref: string,
  name: string,
  language: 'nl' | 'en',
  phone: string,
  email: string,
  postal: string,
): ExamplePerson {
  const contact_points = Object.entries({ phone, email, postal }).map(([kind, value]) => ({
    kind,
    value,
    verified_at: VERIFIED,
  }));
  return { type: 'person', crm_ref, kind: 'person', name, language, contact_points };
}

function contract(
  contract_ref: string,
  joint_rule: 'any' | 'all',
  holders: readonly string[],
  properties: ExampleContract['properties'],
): ExampleContract {
  return { type: 'contract', contract_ref, joint_rule, holders, properties };
}
