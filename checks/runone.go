package checks

import (
	"context"

	"linecheck/report"
	"linecheck/report/envelope"
)

// RunOne runs one check alone, as the Runner would but without a plan: its
// evidence and the observations it gathered. The evidence's outcome and reason
// are set from what Run returned.
func RunOne(ctx context.Context, c Check, progress func(Progress)) (report.Evidence, []envelope.Envelope) {
	r := &Runner{Emit: func(e Event) {
		if e.Type == EventProgress && progress != nil {
			progress(e.Progress)
		}
	}}
	res := r.Run(ctx, []Check{c})
	return res[0].Evidence, res[0].Observations
}
