package verifycmd

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"linecheck/cmd/internal/cli"
	"linecheck/report/advice"
	"linecheck/report/bundle"
	"linecheck/report/render"
	"linecheck/report/verify"
)

// outcome is one verified file.
type outcome struct {
	file string
	res  verify.Result
	err  error
}

// all verifies files on every core and hands the outcomes over in the files'
// order. No more than a few are held at a time, however many there are.
func all(files []string, judge func(file string) outcome, take func(outcome) error) error {
	workers := runtime.GOMAXPROCS(0)
	slots := make(chan chan outcome, 4*workers)
	quit := make(chan struct{})
	defer close(quit)
	go func() {
		defer close(slots)
		running := make(chan struct{}, workers)
		for _, f := range files {
			slot := make(chan outcome, 1)
			select {
			case slots <- slot:
			case <-quit:
				return
			}
			running <- struct{}{}
			go func() {
				slot <- judge(f)
				<-running
			}()
		}
	}()
	for slot := range slots {
		if err := take(<-slot); err != nil {
			return err
		}
	}
	return nil
}

// judgeFile verifies one file.
func judgeFile(t verify.Trust, opt verify.Options) func(string) outcome {
	return func(name string) outcome {
		data, err := cli.ReadFile(name, bundle.MaxCoat)
		if err != nil && !errors.Is(err, cli.ErrLarger) { // one that is too large is no report, and said to be none
			return outcome{file: name, err: err}
		}
		return outcome{file: name, res: verify.Bundle(data, t, opt)}
	}
}

// seen is what verified reports have in common with others.
type seen struct {
	reports  map[string][]string // by identity: files
	invites  map[string][]string // by invite: files
	machines map[string]map[string]bool
	files    map[string][]string // by machine: files
}

func newSeen() *seen {
	return &seen{reports: map[string][]string{}, invites: map[string][]string{}, machines: map[string]map[string]bool{}, files: map[string][]string{}}
}

func (s *seen) add(o outcome) {
	if !o.res.Authentic {
		return
	}
	first := len(s.reports[o.res.ReportSHA256]) == 0
	s.reports[o.res.ReportSHA256] = append(s.reports[o.res.ReportSHA256], o.file)
	if !first {
		return
	}
	s.invites[o.res.Invite.ID] = append(s.invites[o.res.Invite.ID], o.file)
	if m := o.res.Report.Machine; m != "" {
		if s.machines[m] == nil {
			s.machines[m] = map[string]bool{}
		}
		s.machines[m][o.res.Invite.Applicant] = true
		s.files[m] = append(s.files[m], o.file)
	}
}

// remark is something that several files have in common.
type remark struct {
	Schema string `json:"schema"`
	// Remark is "same-report", "several-runs" or "same-machine".
	Remark string   `json:"remark"`
	Files  []string `json:"files"`
}

// remarks are what a recruiter should look at, in a fixed order.
func (s *seen) remarks() (out []remark) {
	add := func(kind string, files []string) {
		out = append(out, remark{Schema: "linecheck.remark/1", Remark: kind, Files: files})
	}
	for _, d := range slices.Sorted(maps.Keys(s.reports)) {
		if !oneInManyForms(s.reports[d]) {
			add("same-report", s.reports[d])
		}
	}
	for _, i := range slices.Sorted(maps.Keys(s.invites)) {
		if len(s.invites[i]) > 1 {
			add("several-runs", s.invites[i])
		}
	}
	for _, m := range slices.Sorted(maps.Keys(s.machines)) {
		if len(s.machines[m]) > 1 {
			add("same-machine", s.files[m])
		}
	}
	return out
}

// oneInManyForms says whether files are the forms of one report side by side,
// as the program writes them: the same name with other endings.
func oneInManyForms(files []string) bool {
	stem := func(f string) string { return strings.TrimSuffix(f, filepath.Ext(f)) }
	return !slices.ContainsFunc(files, func(f string) bool { return stem(f) != stem(files[0]) })
}

// line is one file in one line.
func line(w io.Writer, o outcome, words *advice.Catalogue) error {
	if o.err != nil {
		_, err := fmt.Fprintf(w, "%-22s %s\n", words.Name("verify.unreadable"), render.Clean(o.err.Error()))
		return err
	}
	verdict, who, why := words.Name("verify.not-authentic"), "", ""
	if o.res.Authentic {
		verdict = words.Name("verdict." + string(o.res.Appraisal.Verdict))
		who = "  " + o.res.Invite.Applicant
	} else if i := slices.IndexFunc(o.res.Steps, func(s verify.Step) bool { return s.Status == verify.Failed }); i >= 0 {
		why = "  " + words.Name("step."+o.res.Steps[i].Name) + ": " + o.res.Steps[i].Detail
	}
	_, err := fmt.Fprintf(w, "%-22s %s\n", verdict, render.Clean(o.file+who+why))
	return err
}

// exitCode is the worst of several files'.
func exitCode(worst int, o outcome, strict bool) int {
	if o.err != nil {
		return worse(worst, cli.Usage)
	}
	return worse(worst, code(o.res, strict))
}
