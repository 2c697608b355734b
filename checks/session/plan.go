package session

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"linecheck/checks"
)

// Item is one line of the plan.
type Item struct {
	checks.Spec
	// Kept: measured before an interruption, and still good.
	Kept bool
}

// Plan is what will be measured, in order.
func (s *Session) Plan() []Item {
	var items []Item
	for _, c := range s.plan {
		_, kept := s.kept[c.Spec().ID]
		items = append(items, Item{Spec: c.Spec(), Kept: kept})
	}
	return items
}

// ErrUnknownCheck: there is no check of that id.
var ErrUnknownCheck = errors.New("no such check")

func (s *Session) makePlan() error {
	var f Far
	if s.far != nil {
		f = s.far
	}
	all := s.opt.Make(f, s.policy)
	wanted := s.opt.Checks
	if len(wanted) == 0 {
		wanted = withBeside(s.policy.Checks(), all)
	}
	found := map[string]bool{}
	for _, c := range all {
		if id := c.Spec().ID; slices.Contains(wanted, id) {
			s.plan, found[id] = append(s.plan, c), true
		}
	}
	for _, id := range s.opt.Checks {
		if !found[id] {
			return fmt.Errorf("%w: %q", ErrUnknownCheck, id)
		}
	}
	s.partial = s.opt.Trial
	for _, id := range s.policy.Checks() {
		s.partial = s.partial || len(s.opt.Checks) > 0 && !found[id]
	}
	if s.partial {
		s.policy = s.policy.Only(wanted)
		return nil // a trial measures anew
	}
	for _, c := range s.plan {
		if r, ok := s.folder.record(c.Spec(), s.opt.basis(c.Spec()), time.Now()); ok {
			s.kept[c.Spec().ID] = r
		}
	}
	return nil
}

// withBeside are the checks that are wanted, and those that belong to one of them.
func withBeside(wanted []string, all []checks.Check) []string {
	needed := map[checks.Resource]bool{}
	for _, c := range all {
		for _, r := range c.Spec().Needs {
			needed[r] = needed[r] || slices.Contains(wanted, c.Spec().ID)
		}
	}
	for _, c := range all {
		if spec := c.Spec(); needed[spec.Beside] && !slices.Contains(wanted, spec.ID) {
			wanted = append(wanted, spec.ID)
		}
	}
	return wanted
}
