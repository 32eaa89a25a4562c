import type { ActionDetails } from '../codes/code-request.ts';
import type { ActionOnMessage, CallerOnMessage } from '../messages/template-values.ts';
import type { Policy } from '../policy/policy.ts';
import type { Language } from '../policy/vocabulary.ts';

/** An action as people read it: title and every property, in their language. */
export function actionOnMessage(policy: Policy, details: ActionDetails, language: Language): ActionOnMessage {
  const rule = policy.actions.get(details.name);
  return {
    title: rule?.title[language] ?? details.name,
    properties: Object.entries(details.properties).map(([name, value]) => ({
      title: rule?.properties.get(name)?.title[language] ?? name,
      value,
    })),
  };
}

/**
 * The one on the line, as the reader may know them.
 *
 * @param behalf the organisation for which both of them speak; null = the caller asks for the reader
 */
export function callerOnMessage(
  callerId: string | null,
  name: string | null,
  readerId: string,
  behalf: string | null = null,
): CallerOnMessage {
  if (callerId === readerId) return { is: 'recipient' };
  return { is: 'other', name, ...(behalf === null ? {} : { behalf }) };
}
