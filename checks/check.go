package checks

import (
	"context"
	"fmt"
	"time"

	"linecheck/report"
)

// Resource is something that only one running check may use at a time.
type Resource string

// The resources. A check lists what it loads and what it needs to be quiet:
// one that is sensitive to a busy processor lists CPU.
const (
	Network    Resource = "network"
	Microphone Resource = "microphone"
	Speaker    Resource = "speaker"
	CPU        Resource = "cpu"
)

// Spec says what a check needs before it runs.
type Spec struct {
	// ID names the check, as "internet.speed".
	ID string
	// Revision counts changes of the method, from 1.
	Revision int
	// Needs are the resources it uses; no other check that needs one of them runs meanwhile.
	Needs []Resource
	// Beside: where a plan has a check that needs this resource, this one belongs to it too,
	// whatever is judged: it says why the others fail. Empty for a check that stands for itself.
	Beside Resource
	// Typical is how long it usually takes: shown before consent, and the base of the progress bar.
	Typical time.Duration
	// Timeout is when the Runner gives it up.
	Timeout time.Duration
	// MaxBytes is the most it may move over the network, both directions together.
	MaxBytes int64
	// Fans: it makes the processor work as hard as it can, and the fans may become loud.
	Fans bool
	// Fresh is how long its evidence may be reused when an interrupted run goes on.
	Fresh time.Duration
}

// Check measures one thing.
type Check interface {
	// Spec is constant for one value of Check.
	Spec() Spec
	// Run measures until it is done or ctx ends, and records what it sees as it
	// sees it: what was recorded is kept whatever happens next. It returns nil when
	// it measured, [Unavailable] or [Skip] when it could not or need not, ctx.Err()
	// when it was stopped. Any other error is a fault of ours.
	Run(ctx context.Context, rec *Recorder) error
}

// Problem is why a check has no result: a stable code and whose fault it is.
type Problem struct {
	// Code is the reason, as "internet.probe.unreachable".
	Code string
	// Fault says who can do something about it.
	Fault report.Fault
	// Skipped: left out on purpose rather than impossible.
	Skipped bool
	// Cause is the error behind it, for the log; it may be nil.
	Cause error
}

// Error is the code and its cause.
func (p *Problem) Error() string {
	if p.Cause == nil {
		return p.Code
	}
	return fmt.Sprintf("%s: %v", p.Code, p.Cause)
}

// Unwrap is the cause.
func (p *Problem) Unwrap() error { return p.Cause }

// Unavailable is the error for "it could not be measured".
func Unavailable(code string, fault report.Fault, cause error) error {
	return &Problem{Code: code, Fault: fault, Cause: cause}
}

// Skip is the error for "it was left out on purpose", as a media test without a far end.
func Skip(code string) error {
	return &Problem{Code: code, Fault: report.FaultUs, Skipped: true}
}
