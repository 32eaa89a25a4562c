import { createHash } from 'node:crypto';

/** The desk over the pages' own look: smaller type, less air, and signs that say at a glance what may be done. */
export const deskStylesheet = `
.desk { --permit: #0b6b3a; --verify_caller: #0b5a8a; --ask_holder: #8a5a00; --deny: #a3231b; --edge: #c3ced0;
  background: #eef2f2; color: #0b0c0c; font-size: .889rem; line-height: 1.4; min-height: 100vh; }
.desk p, .desk ul, .desk dl { margin: 0 0 .5rem; }
.desk h1, .desk h2, .desk h3 { margin: 0; line-height: 1.25; }
.desk .govuk-link { font-size: inherit; }
.desk-bar { background: var(--govuk-brand-colour); color: #fff; display: flex; flex-wrap: wrap; align-items: center; gap: .25rem 1.5rem; padding: .4rem 1rem; }
.desk-bar__name { font-weight: 700; }
.desk-bar__place { font-weight: 400; opacity: .9; }
.desk-bar__places { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; margin: 0 !important; padding: 0; }
.desk-bar__who { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin-left: auto; align-items: center; }
.desk-bar__link { color: #fff; padding: .2rem .1rem; display: inline-block; min-height: 1.5rem; }
.desk-bar__link[aria-current] { font-weight: 700; text-decoration: none; box-shadow: 0 .2rem #fff; }
.desk-bar__button { background: none; border: 0; font: inherit; text-decoration: underline; cursor: pointer; }
.desk-bar__link:focus, .desk summary:focus-visible, .desk-tile:focus { outline: 3px solid transparent; background: #fd0; color: #0b0c0c; box-shadow: 0 -2px #fd0, 0 4px #0b0c0c; text-decoration: none; }
.desk-main { padding: .75rem 1rem 2rem; max-width: 90rem; margin: 0 auto; }
.desk-main:focus { outline: none; }
.desk-card { background: #fff; border: 1px solid var(--edge); border-radius: .35rem; padding: .75rem 1rem; margin-bottom: .75rem; }
.desk-card--narrow { max-width: 34rem; }
.desk-title { font-size: 1.25rem; margin-bottom: .35rem !important; }
.desk-subtitle { font-size: 1.05rem; margin-bottom: .35rem !important; }
.desk-small, .desk-hint { color: #44525b; font-size: .82rem; }
.desk-error { color: #a3231b; font-weight: 700; }
.desk-head { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; align-items: baseline; justify-content: space-between; margin-bottom: .5rem; }
.desk-head__right { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: center; }
.desk-choice { margin-right: .5rem; } .desk-choice[aria-current] { font-weight: 700; text-decoration: none; color: #0b0c0c; }
.desk-said { min-height: 1.6rem; font-weight: 700; margin-bottom: .35rem; }
.desk-said > span { display: inline-block; background: #fff; border-left: .35rem solid var(--govuk-brand-colour); padding: .2rem .75rem; }
.desk-said:has(> span:empty) { min-height: 0; margin: 0 !important; } .desk-said > span:empty { display: none; }
.desk-tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 12rem), 1fr)); gap: .5rem; list-style: none; padding: 0; margin: 0 0 .75rem !important; }
.desk-tile { display: flex; align-items: center; gap: .5rem; background: #fff; border: 1px solid var(--edge); border-radius: .35rem; padding: .4rem .6rem; color: #0b0c0c; text-decoration: none; min-height: 2.25rem; }
.desk-tile:hover { text-decoration: underline; }
.desk-tile__count { margin-left: auto; white-space: nowrap; overflow-wrap: normal; font-weight: 700; font-size: 1.2rem; }
.desk-mark { width: 1.25rem; height: 1.25rem; flex: none; }
.desk-mark__ground { fill: currentcolor; }
.desk-mark__fill { fill: #fff; }
.desk-mark__line { fill: none; stroke: #fff; stroke-width: 2.2; stroke-linecap: round; stroke-linejoin: round; }
.desk-mark--permit { color: var(--permit); } .desk-mark--verify_caller { color: var(--verify_caller); }
.desk-mark--ask_holder { color: var(--ask_holder); } .desk-mark--deny { color: var(--deny); }
.desk-columns { display: grid; gap: .75rem; grid-template-columns: minmax(0, 1fr); }
.desk-group { background: #fff; border: 1px solid var(--edge); border-left: .4rem solid var(--edge); border-radius: .35rem; padding: .6rem .9rem; margin-bottom: .75rem; }
.desk-group--permit { border-left-color: var(--permit); } .desk-group--verify_caller { border-left-color: var(--verify_caller); }
.desk-group--ask_holder { border-left-color: var(--ask_holder); } .desk-group--deny { border-left-color: var(--deny); }
.desk-group__head { display: flex; gap: .5rem; align-items: center; font-size: 1.05rem; }
.desk-group__count { font-weight: 400; color: #44525b; }
.desk-rows { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: 0 1.25rem; list-style: none; padding: 0; margin: .35rem 0 0 !important; }
.desk-row { border-top: 1px solid #e2e8e9; padding: .35rem 0; }
.desk-row__title { font-size: 1em; font-weight: 600; }
.desk .desk-row summary:has(h3) { text-decoration: none; } .desk .desk-row summary:has(h3):hover { text-decoration: underline; }
.desk .govuk-error-summary { padding: .5rem 1rem; margin-bottom: .75rem; background: #fff; } .desk .govuk-error-summary__title { font-size: 1.05rem; margin-bottom: .25rem; } .desk .govuk-error-summary__list, .desk .govuk-error-summary__list a { font-size: 1rem; }
.desk summary .desk-row__title { display: inline; color: #0b0c0c; }
.desk-group--deny > .desk-why { border-top: 2px solid #e2e8e9; padding-top: .4rem; margin-top: .4rem !important; font-size: .9rem; font-weight: 600; color: #1f2a30; }
.desk-say { margin: .1rem 0 0 !important; color: #1f2a30; }
.desk-say__label { color: #44525b; font-style: normal; }
.desk-why { margin: .1rem 0 0 !important; color: #44525b; font-size: .82rem; }
.desk details { margin: .2rem 0 0; } .desk-row > details { margin: 0; } .desk-group--permit .desk-row { padding: .1rem 0; }
.desk summary { cursor: pointer; color: var(--govuk-link-colour); text-decoration: underline; padding: .2rem 0; min-height: 1.5rem; width: fit-content; max-width: 100%; }
.desk .govuk-button { font-size: inherit; line-height: 1.2; padding: .4rem .7rem; margin: 0; width: auto; min-height: 2rem; box-shadow: 0 2px 0 #092e35; }
.desk .govuk-button--secondary { box-shadow: 0 2px 0 #929191; } .desk .govuk-button--warning { box-shadow: 0 2px 0 #55150b; }
.desk .govuk-input, .desk .govuk-select { font-size: 1rem; height: 2.1rem; padding: .2rem .4rem; width: 100%; min-width: 0; max-width: 100%; }
.desk .govuk-textarea { font-size: 1rem; padding: .2rem .4rem; width: 100%; min-width: 0; max-width: 100%; margin: 0; }
.desk .govuk-hint, .desk .govuk-error-message { font-size: inherit; margin-bottom: .25rem; }
.desk .mandaat-code { max-width: 12rem; }
.desk-form { display: grid; gap: .6rem 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 14rem), 1fr)); align-items: end; margin-bottom: .75rem; }
.desk-field { display: flex; flex-direction: column; gap: .15rem; min-width: 0; }
.desk-field[hidden] { display: none; }
.desk-field label, .desk-field legend { font-weight: 600; }
.desk-field--error { border-left: .25rem solid #a3231b; padding-left: .5rem; }
.desk-form__whole { grid-column: 1 / -1; }
.desk-line { display: flex; flex-wrap: wrap; gap: .5rem; align-items: end; margin-bottom: .5rem; }
.desk-buttons { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; margin-bottom: .5rem; }
.desk-buttons form { margin: 0; }
.desk-read-out { font-size: 1.5rem; font-weight: 700; letter-spacing: .15em; font-variant-numeric: tabular-nums; }
.desk-asked { border-top: 1px solid #e2e8e9; padding: .5rem 0 .25rem; }
.desk-asked:first-of-type { border-top: 0; }
.desk-state { display: flex; gap: .5rem; align-items: center; font-weight: 700; margin: .2rem 0 !important; }
.desk-state--pending { color: var(--ask_holder); } .desk-state--approved { color: var(--permit); } .desk-state--declined { color: var(--deny); }
.desk-duties { list-style: none; padding: 0; }
.desk-duties li { border-left: .25rem solid var(--govuk-brand-colour); padding: .1rem 0 .1rem .6rem; margin-bottom: .35rem; }
.desk-table { width: 100%; border-collapse: collapse; }
.desk-table th, .desk-table td { text-align: left; vertical-align: top; border-top: 1px solid #e2e8e9; padding: .35rem .75rem .35rem 0; }
.desk-wide { overflow-x: auto; }
.desk-facts { display: grid; grid-template-columns: minmax(8rem, max-content) minmax(0, 1fr); gap: .15rem 1rem; }
.desk-facts dt { color: #44525b; } .desk-facts dd { margin: 0; overflow-wrap: anywhere; }
@media (min-width: 60em) {
  .desk-columns { grid-template-columns: minmax(18rem, 23rem) minmax(0, 1fr); }
  .desk-side { position: sticky; top: .5rem; align-self: start; max-height: calc(100vh - 1rem); overflow: auto; }
}
@media (max-width: 30em) { .desk-facts { grid-template-columns: minmax(0, 1fr); } .desk-bar__who { margin-left: 0; } .desk-main { padding: .5rem; } }
`;

/** Its address changes with its content, so that browsers may keep it for ever. */
export const deskStylesheetPath = `/assets/${createHash('sha256').update(deskStylesheet).digest('hex').slice(0, 16)}.css`;
