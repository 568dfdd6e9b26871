"""The style of the audit's page: light and dark by the reader's setting, plain on paper.

Colours are dark enough on light ground, and light enough on dark, for a contrast of 4.5 to 1; words
always say what a colour repeats.
"""

STYLE = """
:root{color-scheme:light dark;--ink:#15171c;--soft:#565d6b;--line:#d7dbe2;--page:#fff;--card:#f6f7f9;
--link:#1a4fb4;--critical:#a8123a;--high:#b3261e;--medium:#8a4b00;--low:#335c99;--info:#4a5160}
@media (prefers-color-scheme:dark){:root{--ink:#e8eaee;--soft:#a3acbb;--line:#2c313b;--page:#14161a;
--card:#1b1e24;--link:#8fb4ff;--critical:#ff8ba7;--high:#ff9b8f;--medium:#f2b366;--low:#8fb8ff;
--info:#b4bccb}}
*{box-sizing:border-box}
body{margin:2rem auto;max-width:64rem;padding:0 1rem;background:var(--page);color:var(--ink);
font:14px/1.45 system-ui,sans-serif}
h1{font-size:1.5rem;margin:0 0 .5rem}h2{font-size:1.2rem;margin:2rem 0 .4rem}
h3{font-size:1rem;margin:1.6rem 0 .5rem}h4{font-size:1rem;margin:0 0 .3rem}
p{margin:.3rem 0}ul,ol{margin:.3rem 0;padding-left:1.4rem}.soft,.kind{color:var(--soft)}.kind{font-weight:400}
a{color:var(--link);overflow-wrap:anywhere}
article{background:var(--card);border:1px solid var(--line);border-left:4px solid var(--info);
border-radius:6px;padding:.7rem .9rem;margin:.6rem 0;overflow-wrap:anywhere}
.critical{border-left-color:var(--critical)}.high{border-left-color:var(--high)}
.medium{border-left-color:var(--medium)}.low{border-left-color:var(--low)}
.sev{font-size:.8rem;text-transform:uppercase;letter-spacing:.03em;margin-right:.4rem;color:var(--info)}
.critical .sev{color:var(--critical)}.high .sev{color:var(--high)}.medium .sev{color:var(--medium)}
.low .sev{color:var(--low)}
.tag{font-size:.8rem;border:1px solid var(--soft);border-radius:4px;padding:0 .3rem}
table{border-collapse:collapse;width:100%;font-size:13px}.counts{width:auto}
caption{text-align:left;color:var(--soft);padding:.2rem 0}
td,th{border-bottom:1px solid var(--line);padding:.35rem .7rem .35rem 0;text-align:left;vertical-align:top}
thead th{color:var(--soft);font-weight:500;white-space:nowrap}tbody th{font-weight:600}
.wide{overflow-x:auto}.wide table{width:max-content}.wide td{max-width:18rem;overflow-wrap:anywhere}
code{font:12px/1.4 ui-monospace,monospace;overflow-wrap:anywhere}
@media print{:root{--ink:#000;--soft:#444;--line:#999;--page:#fff;--card:#fff;--link:#000;--critical:#000;
--high:#000;--medium:#000;--low:#000;--info:#000}body{margin:0;max-width:none;font-size:10px}
@page{margin:14mm;size:A4 landscape}h2,h3,h4{break-after:avoid}article,tr{break-inside:avoid}
.wide{overflow:visible}.wide table{width:100%;font-size:8px}.wide td{max-width:none}}
"""
