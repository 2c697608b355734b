package session

import (
	"errors"
	"os"
	"path/filepath"

	"linecheck/report"
)

// Again sets checks aside, all of them where none is named, so that the next
// [Session.Run] measures them anew. What they had measured is kept as [Session.Before].
// A sealed report is not touched. Unknown checks and those without a result change nothing.
func (s *Session) Again(ids ...string) error {
	if s.partial || s.folder.sealed() {
		return nil
	}
	if len(ids) == 0 {
		for _, c := range s.plan {
			ids = append(ids, c.Spec().ID)
		}
	}
	for _, id := range ids {
		r, ok := s.kept[id]
		if !ok {
			continue
		}
		if err := save(s.folder.beforePath(id), r); err != nil {
			return err
		}
		if err := os.Remove(s.folder.recordPath(id)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		delete(s.kept, id)
	}
	if s.far != nil {
		s.far.renew() // the probe sees each run as one of its own
	}
	return nil
}

// Before is what checks had measured before they ran again, by check; empty for none.
func (s *Session) Before() map[string]report.Evidence {
	out := map[string]report.Evidence{}
	for _, c := range s.plan {
		var r record
		if read(s.folder.beforePath(c.Spec().ID), &r) == nil {
			out[c.Spec().ID] = r.Evidence
		}
	}
	return out
}

func (f folder) beforePath(check string) string {
	return filepath.Join(f.path, "before", check+".json")
}
