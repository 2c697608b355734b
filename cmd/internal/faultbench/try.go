//go:build linux

package main

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"linecheck/report"
	"linecheck/report/exchange"
)

// fault is something that is wrong, and what has to be said of it.
type fault struct {
	name    string
	symptom string
	// causes are the codes of which the first one named has to be one; none for a healthy computer.
	causes []string
	blame  report.Fault
	// attended: somebody sits at the terminal and presses Enter whenever asked. What the microphone
	// hears is the fault's, or, with reads, them: reading aloud when told to, and quiet before.
	attended, reads bool
	// pair: two faults at once.
	pair bool
	// also are codes that may be named beside the first, as the second of a pair.
	also []string
	// note: it does no harm to a call, so it is told without being the cause.
	note string
	// inject makes it, and returns what takes it away again.
	inject func(w *world) (undo func(), err error)
}

// well is a computer without a fault, with somebody in front of it who reads aloud when asked to.
func well(n int) fault {
	symptoms := []string{"offline", "calls", "slow", "computer", "unheard"}
	return fault{name: "healthy", symptom: symptoms[n%len(symptoms)], attended: true, reads: true}
}

// patience is how long one diagnosis may take.
const patience = 3 * time.Minute

// said is the program's answer.
type said struct {
	Cause     *report.Finding   `json:"cause"`
	Findings  []report.Finding  `json:"findings"`
	ElapsedMS int64             `json:"elapsed_ms"`
	Evidence  []report.Evidence `json:"evidence"`
}

// try injects a fault, has it diagnosed, and takes it away.
func (w *world) try(ctx context.Context, f fault) (r result) {
	r.fault = f
	w.home = w.path(fmt.Sprintf("home%d", w.invites))
	invite, err := w.invite()
	if err != nil {
		r.err = err
		return r
	}
	undo := func() {}
	if f.inject != nil {
		if undo, r.err = f.inject(w); r.err != nil {
			return r
		}
	}
	defer func() {
		undo()
		w.env, w.wrap, w.view = nil, nil, "headset"
	}()
	answer, err := w.diagnose(ctx, f, invite)
	if err != nil {
		r.err = err
		return r
	}
	r.took = time.Duration(answer.ElapsedMS) * time.Millisecond
	if answer.Cause != nil {
		r.cause, r.blamed = answer.Cause.Code, answer.Cause.Fault
	}
	for _, x := range answer.Findings {
		if r.cause == "" && x.Code == f.note {
			r.cause, r.blamed = x.Code, x.Fault
		}
		grave := x.Severity == report.Failure || x.Severity == report.Unknown
		if grave && x.DependsOn == "" && x.Code != r.cause && !slices.Contains(f.also, x.Code) && !slices.Contains(f.causes, x.Code) {
			r.beside = append(r.beside, x.Code)
		}
	}
	if os.Getenv("FAULTBENCH_VERBOSE") != "" {
		for _, e := range answer.Evidence {
			fmt.Printf("    %s %s %s %v\n", e.Check, e.Outcome, e.Reason, e.Facts)
			for _, m := range e.Metrics {
				fmt.Printf("      %s %s %s\n", m.Key, m.Value, m.Unit)
			}
		}
		for _, x := range answer.Findings {
			fmt.Printf("    - %s %s %s <- %s\n", x.Severity, x.Code, x.Fault, x.DependsOn)
		}
	}
	return r
}

// diagnose runs the applicant's program as IT support would.
func (w *world) diagnose(ctx context.Context, f fault, invite string) (a said, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	args := []string{"ip", "netns", "exec", w.pc}
	if w.wrap != nil {
		args = slices.Clone(w.wrap)
	}
	args = append(args, w.program("linecheck-support"), "diagnose", f.symptom, "--invite", invite, "--json")
	var out []byte
	var complaint string
	if f.attended {
		out, complaint, err = w.atTerminal(ctx, f, args)
	} else {
		cmd := w.command(ctx, append(args, "--yes"))
		var b strings.Builder
		cmd.Stderr = &b
		out, err = cmd.Output()
		complaint = b.String()
	}
	if json.Unmarshal(out, &a) != nil || len(a.Evidence) == 0 && a.Cause == nil {
		return a, fmt.Errorf("no answer: %v: %.300s", err, complaint)
	}
	return a, nil
}

// command is one of the applicant's, in their surroundings.
func (w *world) command(ctx context.Context, args []string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "LINECHECK_HOME="+w.home)
	cmd.Env = append(cmd.Env, w.sound.Env(w.view)...)
	cmd.Env = append(cmd.Env, w.env...)
	return cmd
}

// pin is that of the certificate that the recruiter's server keeps in its folder.
func (w *world) pin() (string, error) {
	raw, err := os.ReadFile(filepath.Join(w.dir, "data", "server.crt"))
	if err != nil {
		return "", err
	}
	block, _ := pem.Decode(raw)
	if block == nil {
		return "", errNoPin
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return "", err
	}
	return exchange.PinOf(cert), nil
}
