/**
 * The style sheet of the report's page: light and dark, wide and narrow.
 * @module
 */

export const reportStyle = `
:root { color-scheme: light dark; --paper: #fcfbf8; --card: #ffffff; --ink: #20242b; --soft: #5d636e; --hair: #e5e1d8; --wash: #f3f0e9;
  --c0: #5a7189; --c1: #b4741a; --c2: #0b7a70; --c3: #7a5aa8; --c4: #b24a66; --c5: #2f6fb3; --plain: #8a8d93;
  --wrong: #a8452e; --wrong-wash: #f8ebe6; --mark: #fff0b8; --good-wash: #e2f2ee; }
@media (prefers-color-scheme: dark) { :root { --paper: #15171b; --card: #1b1e23; --ink: #e7e4dd; --soft: #a0a4ac; --hair: #30343b; --wash: #23272d;
  --c0: #8ba5bf; --c1: #e0a350; --c2: #4cbcaf; --c3: #b197dc; --c4: #e08aa2; --c5: #74aee8; --plain: #8d9198;
  --wrong: #e8947d; --wrong-wash: #33231f; --mark: #4d4216; --good-wash: #17322e; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif; -webkit-text-size-adjust: 100%; }
main { max-width: 860px; margin: 0 auto; padding: 56px 24px 80px; }
h1, h2, .headline { font-family: "Iowan Old Style", Palatino, "Palatino Linotype", Georgia, "Liberation Serif", serif; font-weight: 600; line-height: 1.25; }
h1 { font-size: 2.1rem; margin: 0 0 4px; letter-spacing: -0.01em; }
h2 { font-size: 1.35rem; margin: 60px 0 6px; }
.eyebrow { margin: 0 0 10px; font-size: .78rem; letter-spacing: .12em; text-transform: uppercase; color: var(--soft); }
.headline { font-size: 1.3rem; font-weight: 400; margin: 18px 0 0; padding: 2px 0 2px 18px; border-left: 3px solid var(--c2); }
.lead, .note { color: var(--soft); margin: 0 0 18px; max-width: 66ch; }
.note { font-size: .88rem; margin: 10px 0 0; }
a { color: inherit; text-decoration-color: var(--plain); text-underline-offset: 3px; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(130px, 1fr)); gap: 14px 24px; margin: 30px 0 0; padding: 18px 0; border: solid var(--hair); border-width: 1px 0; }
.facts dt { font-size: .76rem; color: var(--soft); } .facts dd { margin: 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
svg { display: block; max-width: 100%; height: auto; font: 13px system-ui, "Liberation Sans", sans-serif; }
.narrow { display: none; }
text { fill: var(--ink); } .tick { fill: var(--soft); font-size: 11.5px; } .value { font-variant-numeric: tabular-nums; }
.grid { stroke: var(--hair); } .zero { stroke: var(--soft); stroke-width: 1.5; }
.hue-0 { --hue: var(--c0); } .hue-1 { --hue: var(--c1); } .hue-2 { --hue: var(--c2); } .hue-3 { --hue: var(--c3); } .hue-4 { --hue: var(--c4); } .hue-5 { --hue: var(--c5); } .hue-plain { --hue: var(--plain); }
.span { stroke: var(--hue); stroke-width: 3; stroke-linecap: round; opacity: .4; } .dot { fill: var(--hue); } .dot.hollow { fill: var(--paper); stroke: var(--hue); stroke-width: 2; }
.line { fill: none; stroke: var(--hue); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 22px 36px; }
.panels h3 { font-size: .95rem; margin: 0 0 2px; } figure { margin: 0; } figcaption { font-size: .86rem; color: var(--soft); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; font-size: .88rem; margin: 0 0 10px; padding: 0; list-style: none; }
.legend li::before { content: ""; display: inline-block; width: 18px; height: 3px; border-radius: 2px; background: var(--hue); margin-right: 8px; vertical-align: .25em; }
.table { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .88rem; font-variant-numeric: tabular-nums; }
th { text-align: right; font-weight: 500; color: var(--soft); vertical-align: bottom; } th:first-child, td:first-child, .words td, .words th { text-align: left; }
th, td { padding: 8px 12px 8px 0; border-bottom: 1px solid var(--hair); } td { text-align: right; white-space: nowrap; } th:last-child, td:last-child { padding-right: 0; }
td small { display: block; color: var(--soft); font-size: .78rem; } .words td { white-space: normal; overflow-wrap: anywhere; vertical-align: top; } .words td:first-child { min-width: 150px; }
tr.aside td { color: var(--soft); } .dotted::before { content: ""; display: inline-block; width: 9px; height: 9px; border-radius: 50%; background: var(--hue); margin-right: 9px; }
.about td { padding-top: 0; }
.trajectory { margin-top: 14px; } .opening { background: var(--wash); border-radius: 10px; padding: 14px 18px; } .task { margin: 0 0 6px; font-weight: 600; }
pre { margin: 0; font: .82rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate; }
.steps { list-style: none; margin: 0; padding: 0; } .step { position: relative; margin: 10px 0; padding: 12px 18px; background: var(--card); border: 1px solid var(--hair); border-radius: 10px; }
.head { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 10px; margin: 0 0 4px; font-size: .78rem; color: var(--soft); } .number { font-variant-numeric: tabular-nums; font-weight: 600; }
.thought { margin: 0 0 6px; overflow-wrap: anywhere; unicode-bidi: isolate; } .observation { color: var(--soft); }
.action { font-weight: 600; } .chip { padding: 0 9px; border-radius: 99px; border: 1px solid currentColor; line-height: 1.6; }
.chip.trained { color: var(--c2); } .chip.wrong { color: var(--wrong); } .chip.masked { border-style: dashed; } .chip.reflection { background: var(--mark); color: var(--ink); border-color: transparent; }
.is-masked { background: transparent; border-style: dashed; } .is-masked .thought, .is-masked .action { opacity: .55; text-decoration: line-through; text-decoration-thickness: 1px; text-decoration-color: var(--plain); }
.is-wrong { border-color: var(--wrong); } .is-reflection { border-left: 4px solid var(--c2); } mark { background: var(--mark); color: inherit; padding: 1px 3px; border-radius: 3px; box-decoration-break: clone; -webkit-box-decoration-break: clone; }
.fold summary, .tokens summary { cursor: pointer; color: var(--soft); font-size: .88rem; padding: 4px 0; } .outcome { color: var(--soft); font-size: .88rem; }
.tokens pre { line-height: 1.75; padding: 14px 18px; background: var(--card); border: 1px solid var(--hair); border-radius: 10px; margin-top: 8px; }
.tokens .on { background: var(--good-wash); box-shadow: inset -1px 0 var(--card); } .tokens .error { background: var(--wrong-wash); color: var(--soft); text-decoration: line-through; text-decoration-thickness: 1px; box-shadow: inset -1px 0 var(--card); } .tokens .off { color: var(--soft); } .tokens .legend span { padding: 0 6px; border-radius: 3px; }
dl.terms { display: grid; grid-template-columns: max-content 1fr; gap: 8px 22px; font-size: .9rem; margin: 10px 0; } .terms dt { font-weight: 600; } .terms dd { margin: 0; color: var(--soft); }
footer { margin-top: 56px; color: var(--soft); font-size: .82rem; }
@media (max-width: 640px) { main { padding: 32px 16px 56px; } h1 { font-size: 1.7rem; } h2 { margin-top: 46px; } .headline { font-size: 1.12rem; } .wide { display: none; } .narrow { display: block; } .narrow svg { width: 100%; max-width: 460px; }
  dl.terms { grid-template-columns: 1fr; gap: 2px; } .terms dd { margin-bottom: 10px; } .step, .opening { padding: 10px 14px; } .panels { grid-template-columns: 1fr; } .trajectory { font-size: .95rem; } }
@media print { main { max-width: none; padding: 0; } .step { break-inside: avoid; } }
`
