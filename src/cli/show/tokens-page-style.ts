/**
 * The style sheet of the page of tokens: light and dark, wide and narrow.
 * @module
 */

export const tokensPageStyle = `
:root { color-scheme: light dark; --paper: #fcfbf8; --card: #fff; --ink: #20242b; --soft: #5d636e; --hair: #e5e1d8;
  --good: #0b7a70; --good-wash: #d5ece7; --wrong: #a8452e; --wrong-wash: #f8e3dc; --mark: #fff0b8; }
@media (prefers-color-scheme: dark) { :root { --paper: #15171b; --card: #1b1e23; --ink: #e7e4dd; --soft: #a0a4ac;
  --hair: #30343b; --good: #4cbcaf; --good-wash: #17403a; --wrong: #e8947d; --wrong-wash: #3d2620; --mark: #4d4216; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, "Liberation Sans", sans-serif; }
main { max-width: 1280px; margin: 0 auto; padding: 40px 24px 80px; }
h1, h2 { font-family: Palatino, Georgia, "Liberation Serif", serif; font-weight: 600; line-height: 1.25; overflow-wrap: anywhere; }
h1 { margin: 0; } h2 { margin: 48px 0 8px; font-size: 1.25rem; } section:target h2 { color: var(--good); }
.lead, .soft, dt { color: var(--soft); } .lead { margin: 4px 0 16px; } nav { font-size: .88rem; columns: 24em; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 6px 16px; padding: 0; margin: 0 0 8px; font-size: .85rem; }
.legend span { padding: 2px 8px; border-radius: 3px; border: 1px solid var(--hair); }
dl { display: flex; flex-wrap: wrap; gap: 6px 26px; margin: 0 0 14px; font-size: .85rem; } dt { font-size: .75rem; }
dd { margin: 0; overflow-wrap: anywhere; }
.columns { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 24px; align-items: start; }
pre { margin: 0; font: .8rem/1.5 ui-monospace, Menlo, Consolas, "Liberation Mono", monospace; white-space: pre-wrap;
  overflow-wrap: anywhere; unicode-bidi: isolate; }
.tokens { line-height: 1.9; padding: 14px 16px; background: var(--card); border: 1px solid var(--hair); border-radius: 8px; }
.tokens a { color: var(--soft); text-decoration: none; border-radius: 2px; padding: 1px 0; box-shadow: inset -1px 0 var(--hair); }
.tokens a:hover, .tokens a:focus { outline: 2px solid var(--good); } .tokens a:target { outline: 2px dashed var(--good); }
.tokens .on, .legend .on { color: var(--ink); background: var(--good-wash); }
.tokens .part, .legend .part { background: repeating-linear-gradient(135deg, var(--good-wash) 0 4px, transparent 4px 8px); }
.tokens .wrong, .legend .wrong { background: var(--wrong-wash); text-decoration: line-through; }
.tokens .on.wrong, .legend .on.wrong { background: var(--wrong); color: var(--paper); text-decoration: none; }
.steps { list-style: none; margin: 0; padding: 0; position: sticky; top: 0; max-height: 100vh; overflow-y: auto; }
.step { margin: 0 0 10px; padding: 8px 14px; background: var(--card); border: 1px solid var(--hair); border-radius: 8px; overflow-wrap: anywhere; }
.step:target { background: var(--mark); } .is-wrong { border-left: 4px solid var(--wrong); } .step p { margin: 0 0 4px; }
.head { display: flex; flex-wrap: wrap; gap: 4px 10px; font-size: .8rem; color: var(--soft); } .head a { color: var(--ink); font-weight: 600; }
.chip { border: 1px dashed var(--hair); border-radius: 99px; padding: 0 8px; } .chip.on { border: 1px solid var(--good); color: var(--good); }
.is-wrong .verdict { color: var(--wrong); } .verdict { font-size: .85rem; } .action { font-weight: 600; }
@media (max-width: 760px) { .columns { grid-template-columns: 1fr; } .steps { position: static; max-height: none; } main { padding: 24px 14px; } }
`
