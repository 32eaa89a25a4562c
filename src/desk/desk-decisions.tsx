import { randomUUID } from 'node:crypto';

import { Fragment, type VNode } from 'preact';

import { withoutSecret } from '../holders/secret-words.ts';
import type { Page } from '../pages/page.ts';
import { Button } from '../pages/parts.tsx';
import { Form } from '../pages/portal-layout.tsx';
import { text } from '../pages/text.ts';
import { type Language, type Outcome, OUTCOMES } from '../policy/vocabulary.ts';
import type { DeskAction, DeskCallView, DeskProperty } from './desk-calls.service.ts';
import { Duties } from './desk-duties.tsx';
import { fieldOf, type Typed } from './desk-form.ts';
import { DeskField, Mark } from './desk-parts.tsx';
import { callPath } from './desk-paths.ts';

/** A form about one action that could not be taken, and the properties that are wrong in it. */
export interface TypedAction {
  readonly form: Typed;
  readonly properties: readonly string[];
}

export interface DecisionsProps {
  readonly page: Page;
  readonly view: DeskCallView;
  readonly typed?: TypedAction | undefined;
}

/** How much there is of each answer, and the way to it. */
export function Tiles({ page: { language }, view: { actions } }: DecisionsProps): VNode {
  return (
    <nav aria-label={text(language, 'desk.overview')}>
      <ul class="desk-tiles">
        {OUTCOMES.map((outcome) => (
          <li key={outcome}>
            <a class="desk-tile" href={`#group-${outcome}`}>
              <Mark outcome={outcome} />
              <span>{text(language, `desk.group.${outcome}`)}</span>
              <span class="desk-tile__count">{actions.filter((action) => action.outcome === outcome).length}</span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Every action, by what has to happen first. */
export function Decisions(props: DecisionsProps): VNode {
  const { language } = props.page;
  return (
    <>
      {OUTCOMES.map((outcome) => {
        const actions = props.view.actions.filter((action) => action.outcome === outcome);
        return (
          <section
            key={outcome}
            id={`group-${outcome}`}
            class={`desk-group desk-group--${outcome}`}
            aria-labelledby={`head-${outcome}`}
            tabindex={-1}
          >
            <h2 class="desk-group__head" id={`head-${outcome}`}>
              <Mark outcome={outcome} />
              <span>{text(language, `desk.group.${outcome}`)}</span>{' '}
              <span class="desk-group__count">({actions.length})</span>
              {outcome === 'verify_caller' && actions.length > 0 ? (
                <a class="govuk-link desk-small" href="#caller">
                  {text(language, 'desk.to_caller')}
                </a>
              ) : null}
            </h2>
            {actions.length === 0 ? <p class="desk-small">{text(language, 'desk.group_none')}</p> : null}
            {blocksOf(outcome, actions).map((block) => (
              <Fragment key={block[0]?.action}>
                {outcome === 'deny' && block[0] !== undefined ? <Why language={language} action={block[0]} /> : null}
                <ul class="desk-rows">
                  {block.map((action) => (
                    <Row key={action.action} {...props} action={action} />
                  ))}
                </ul>
              </Fragment>
            ))}
          </section>
        );
      })}
    </>
  );
}

/** What is refused for one reason, with one way on, stands together; everything else in one block. */
function blocksOf(outcome: Outcome, actions: readonly DeskAction[]): readonly (readonly DeskAction[])[] {
  if (outcome !== 'deny') return actions.length === 0 ? [] : [actions];
  const blocks = new Map<string, DeskAction[]>();
  for (const action of actions) {
    const key = JSON.stringify([action.reason, action.next_steps]);
    blocks.set(key, [...(blocks.get(key) ?? []), action]);
  }
  return [...blocks.values()];
}

function Row({ page, view, typed, action }: DecisionsProps & { readonly action: DeskAction }): VNode {
  const { language } = page;
  const { outcome } = action;
  if (outcome === 'permit') {
    return (
      <li class="desk-row">
        <details id={`do-${action.action}`} open={typed?.form['action'] === action.action}>
          <summary>
            <h3 class="desk-row__title">{action.title}</h3>
          </summary>
          <Say language={language} spoken={view.callerLanguage} sentence={action.sentence} />
          <Duties language={language} spoken={view.callerLanguage} obligations={action.obligations} />
          <Control page={page} view={view} action={action} outcome={outcome} typed={typed} />
        </details>
      </li>
    );
  }
  return (
    <li class="desk-row">
      <h3 class="desk-row__title">{action.title}</h3>
      <Say language={language} spoken={view.callerLanguage} sentence={action.sentence} />
      {outcome === 'ask_holder' ? (
        <Control page={page} view={view} action={action} outcome={outcome} typed={typed} />
      ) : null}
    </li>
  );
}

export interface SayProps {
  readonly language: Language;
  readonly spoken: Language;
  readonly sentence: string;
}

/** The sentence for the caller, in their language. */
export function Say({ language, spoken, sentence }: SayProps): VNode {
  return (
    <p class="desk-say">
      <span class="desk-say__label">{text(language, 'desk.say')}</span> <q lang={spoken}>{sentence}</q>
    </p>
  );
}

export function Why({ language, action }: { readonly language: Language; readonly action: DeskAction }): VNode {
  const steps = action.next_steps.map(({ type, channels = [] }) => {
    const where = channels.map((channel) => text(language, `desk.channel.${channel}`)).join(', ');
    return `${text(language, `desk.step.${type}`)}${where === '' ? '' : ` (${where})`}`;
  });
  const isOwing = action.next_steps.some(({ type }) => type === 'fulfil_obligation');
  const reason = isOwing ? 'desk.owing' : (`desk.reason.${action.reason}` as const);
  return (
    <p class="desk-why">
      {text(language, 'desk.why')} {reason === 'desk.reason.permitted' ? '' : text(language, reason)}.{' '}
      {text(language, 'desk.instead')} {steps.join('; ')}.
    </p>
  );
}

interface ControlProps extends DecisionsProps {
  readonly action: DeskAction;
  readonly outcome: Extract<Outcome, 'permit' | 'ask_holder'>;
}

/** What to give with it, and the button that does it. */
function Control({ page, view, action, outcome, typed }: ControlProps): VNode {
  const { language } = page;
  const isAsk = outcome === 'ask_holder';
  const own = typed?.form['action'] === action.action ? typed : undefined;
  const form = (
    <Form page={page} action={`${callPath(view.call.id)}/${isAsk ? 'ask' : 'execute'}`}>
      <input type="hidden" name="action" value={action.action} />
      {isAsk ? null : <input type="hidden" name="operation" value={randomUUID()} />}
      {action.properties.map((property) => (
        <PropertyField key={property.name} language={language} action={action.action} property={property} typed={own} />
      ))}
      <Button kind="secondary">
        {text(language, isAsk ? 'desk.ask' : 'desk.execute')}{' '}
        <span class="govuk-visually-hidden">
          {text(language, isAsk ? 'desk.ask_hidden' : 'desk.more_hidden', { action: action.title })}
        </span>
      </Button>
    </Form>
  );
  if (!isAsk || action.properties.length === 0) return form;
  return (
    <details id={`do-${action.action}`} open={own !== undefined}>
      <summary>
        {text(language, 'desk.ask')}{' '}
        <span class="govuk-visually-hidden">{text(language, 'desk.ask_hidden', { action: action.title })}</span>
      </summary>
      {form}
    </details>
  );
}

interface PropertyFieldProps {
  readonly language: Language;
  readonly action: string;
  readonly property: DeskProperty;
  readonly typed: TypedAction | undefined;
}

function PropertyField({ language, action, property: { name, title, rule }, typed }: PropertyFieldProps): VNode {
  const { minimum, maximum, maxLength } = rule;
  const error =
    typed?.properties.includes(name) !== true
      ? undefined
      : minimum !== null && maximum !== null
        ? text(language, 'desk.property_bounds', { title, minimum, maximum })
        : rule.type === 'string'
          ? text(language, 'desk.property_words', { title, longest: maxLength })
          : text(language, 'desk.property_bad', { title });
  if (rule.type === 'boolean') {
    return (
      <div class="desk-field">
        <label>
          <input type="checkbox" name={fieldOf(name)} value="yes" checked={typed?.form[fieldOf(name)] === 'yes'} />{' '}
          {title}
        </label>
      </div>
    );
  }
  return (
    <DeskField
      id={`p-${action}-${name}`}
      name={fieldOf(name)}
      label={title}
      kind={rule.type === 'number' ? 'number' : 'text'}
      hint={rule.isRequired ? undefined : text(language, 'desk.optional')}
      error={error}
      value={withoutSecret(typed?.form[fieldOf(name)] ?? '')}
      isRequired={rule.isRequired}
    />
  );
}
