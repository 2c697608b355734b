package session

import (
	"context"
	"slices"
	"time"

	"linecheck/checks"
	"linecheck/report"
	"linecheck/report/envelope"
	"linecheck/report/policy"
)

// Run measures what is not kept from before, and writes down each finished
// check before it is announced. events are called one at a time. The evidence
// comes in the order of the plan. When ctx ends, what was measured is kept and
// returned; a later [Open] goes on from there.
//
// Where the report is sealed already nothing is measured: what it holds is what counts.
func (s *Session) Run(ctx context.Context, events func(checks.Event)) []report.Evidence {
	if list, ok := s.sealedEvidence(); ok && !s.partial {
		for _, e := range list {
			events(checks.Event{Type: checks.EventFinished, Check: e.Check, At: time.Now(), Evidence: &e, Kept: true})
		}
		return list
	}
	var todo []checks.Check
	for _, c := range s.plan {
		if r, ok := s.kept[c.Spec().ID]; ok {
			events(checks.Event{Type: checks.EventFinished, Check: c.Spec().ID, At: time.Now(), Evidence: &r.Evidence, Private: r.Private, Kept: true})
			continue
		}
		todo = append(todo, c)
	}
	s.measure(ctx, todo, events)
	return s.evidence()
}

// measure runs checks and takes in what they leave behind.
func (s *Session) measure(ctx context.Context, todo []checks.Check, events func(checks.Event)) {
	runner := &checks.Runner{Emit: func(e checks.Event) {
		s.note(e)
		if e.Type == checks.EventFinished {
			s.keep(e)
		}
		events(e)
	}}
	s.running.Store(runner)
	defer s.running.Store(nil)
	for _, res := range runner.Run(ctx, todo) {
		s.kept[res.Evidence.Check] = record{Evidence: res.Evidence, Observations: res.Observations, Voice: res.Voice, Private: res.Private}
	}
}

// Search measures the plan's checks anew, one after the other in the order in which
// they were asked for, until enough says that what is known by then suffices. It
// returns what was measured. It is for a trial.
func (s *Session) Search(ctx context.Context, events func(checks.Event), enough func([]report.Evidence) bool) (found []report.Evidence) {
	clear(s.kept)
	for _, id := range s.opt.Checks {
		for _, c := range s.plan {
			if c.Spec().ID == id && ctx.Err() == nil {
				s.measure(ctx, []checks.Check{c}, events)
				found = append(found, s.kept[id].Evidence)
			}
		}
		if ctx.Err() != nil || enough(found) {
			break
		}
	}
	return found
}

// note writes what happens into the log: the same events that everybody sees.
func (s *Session) note(e checks.Event) {
	for what, lines := range e.Private {
		s.log.Info(privateLine, "check", e.Check, "what", what, "lines", lines)
	}
	switch {
	case e.Type == checks.EventStarted:
		s.log.Info("started", "check", e.Check)
	case e.Type == checks.EventFinished && e.Err != nil:
		s.log.Warn("finished", "check", e.Check, "elapsed", e.Elapsed, "outcome", e.Evidence.Outcome, "reason", e.Evidence.Reason, "error", e.Err)
	case e.Type == checks.EventFinished:
		s.log.Info("finished", "check", e.Check, "elapsed", e.Elapsed, "outcome", e.Evidence.Outcome)
	}
}

// sealedEvidence is the evidence of the report that is sealed, if there is one.
func (s *Session) sealedEvidence() ([]report.Evidence, bool) {
	b, err := s.sealedBundle()
	if err != nil {
		return nil, false
	}
	o, err := envelope.Open[report.Report](b.Report, s.key.Public(), report.ReportType)
	if err != nil {
		return nil, false
	}
	return o.Value().Evidence, true
}

// Halt ends one check of the run under way, as [checks.Runner.Halt] does. It may be
// called from any goroutine, and does nothing where no run is under way.
func (s *Session) Halt(id string, accommodation bool) {
	if r := s.running.Load(); r != nil {
		s.log.Info("halted", "check", id, "accommodation", accommodation)
		r.Halt(id, accommodation)
	}
}

// keep writes down a check that was measured, or that the person left out for an
// accommodation. Any other without a result is tried again next time.
func (s *Session) keep(e checks.Event) {
	left := e.Evidence.Outcome == report.Skipped && e.Evidence.Reason == checks.AccommodatedReason
	if s.partial || e.Evidence.Outcome != report.Measured && !left {
		return
	}
	r := record{Evidence: *e.Evidence, Observations: e.Observations, Voice: e.Voice, Private: e.Private, Basis: s.basis(e.Check), Finished: e.At.UTC()}
	if err := save(s.folder.recordPath(e.Check), r); err != nil {
		s.log.Error("cannot keep a result", "check", e.Check, "error", err)
	}
}

// basis is what a check's evidence rests on, beside its method: another one makes it stale.
func (o Options) basis(spec checks.Spec) string {
	if slices.Contains(spec.Needs, checks.Microphone) || slices.Contains(spec.Needs, checks.Speaker) {
		return o.Devices
	}
	return o.Manner
}

func (s *Session) basis(check string) string {
	for _, c := range s.plan {
		if c.Spec().ID == check {
			return s.opt.basis(c.Spec())
		}
	}
	return ""
}

// evidence is what there is, in the order of the plan.
func (s *Session) evidence() []report.Evidence {
	out := []report.Evidence{}
	for _, c := range s.plan {
		if r, ok := s.kept[c.Spec().ID]; ok {
			out = append(out, r.Evidence)
		}
	}
	return out
}

// Appraise judges evidence by the session's policy. A partial run is judged by the
// rules on its own checks, a trial by those on what it has measured so far.
func (s *Session) Appraise(evidence []report.Evidence) policy.Appraisal {
	if !s.opt.Trial {
		return policy.Appraise(s.policy, evidence)
	}
	return policy.AppraiseMeasured(s.policy, evidence)
}

// voice is the recording of the person's voice, where they agreed to one.
func (s *Session) voice() []byte {
	for _, c := range s.plan {
		if v := s.kept[c.Spec().ID].Voice; v != nil {
			return v
		}
	}
	return nil
}

// observations are what the probe sealed, in the order of the plan.
func (s *Session) observations() (out []record) {
	for _, c := range s.plan {
		if r, ok := s.kept[c.Spec().ID]; ok && len(r.Observations) > 0 {
			out = append(out, r)
		}
	}
	return slices.Clip(out)
}
