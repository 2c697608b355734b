// Package checks is the engine's room: what a check is ([Check], [Spec]), how
// it says what it saw ([Recorder]), and the [Runner] that runs a plan of checks
// and emits one stream of events. A check records evidence and never judges:
// policies, verdicts and texts do not come in here, and neither do windows,
// terminals or files.
package checks
