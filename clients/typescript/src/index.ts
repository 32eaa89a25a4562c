export { type ClientOptions, createMandaat, type MandaatClient } from './client.ts';
export {
  type Answer,
  type Decision,
  evaluate,
  type EvaluateOptions,
  type Obligation,
  type Question,
  reportObligation,
  stillOwed,
} from './decisions.ts';
export { enforce, type Enforced, type Enforcement, type Refusal, type RequiredQuestion } from './enforce.ts';
export { DecisionVerifier, NotVerified, type VerifiedDecision } from './verifier.ts';
