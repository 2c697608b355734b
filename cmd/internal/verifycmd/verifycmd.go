// Package verifycmd is the verb "verify", which recruiters and support share:
// files in, one line each or JSON out. Verifying itself is report/verify's.
package verifycmd

import (
	"errors"
	"fmt"
	"io"
	"os"

	"time"

	"github.com/spf13/cobra"

	"linecheck/assets"
	"linecheck/cmd/internal/cli"
	"linecheck/cmd/internal/document"
	"linecheck/report"
	"linecheck/report/advice"
	"linecheck/report/bundle"
	"linecheck/report/envelope"
	"linecheck/report/policy"
	"linecheck/report/render"
	"linecheck/report/strict"
	"linecheck/report/verify"
)

type flags struct {
	trust, policy, at, voice string
	json, strict             bool
}

// New is the verb.
func New() *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use:   "verify FILE... --trust FILE",
		Short: "Verify reports offline",
		Long: `Verify reports offline, in any of their forms, and judge them anew.

One file is shown in full; of several files, folders and patterns each report
is one line, and what several reports have in common comes after them: the same
report twice, several runs under one invite, one computer of several applicants.

Exit status: 0 ready, 3 not ready, 5 inconclusive, 6 not authentic, 4 ready with
warnings under --strict, 2 unreadable trust file or policy. With several files,
the worst one counts.`,
		Args: cobra.MinimumNArgs(1),
		RunE: cli.Run(func(cmd *cobra.Command, args []string) error { return run(cmd, args, f) }),
	}
	cmd.Flags().StringVar(&f.trust, "trust", "", "the organisation's trust file")
	cmd.Flags().StringVar(&f.policy, "policy", "", "judge by this policy instead of the invite's")
	cmd.Flags().StringVar(&f.at, "at", "", "judge as of this time (RFC 3339) instead of now")
	cmd.Flags().StringVar(&f.voice, "voice", "", "write the applicant's voice, where the report has a recording, to this FLAC file")
	cmd.Flags().BoolVar(&f.json, "json", false, "one JSON object a file")
	cmd.Flags().BoolVar(&f.strict, "strict", false, "exit with 4 where a report is ready with warnings")
	if err := cmd.MarkFlagRequired("trust"); err != nil {
		panic(err)
	}
	return cmd
}

func run(cmd *cobra.Command, files []string, f flags) error {
	t, err := ReadTrust(f.trust)
	if err != nil {
		return cli.Fail(cli.Usage, "%s: %w", f.trust, err)
	}
	opt, err := options(f)
	if err != nil {
		return err
	}
	text, err := assets.Locale("en")
	if err != nil {
		return err
	}
	words, err := advice.Parse(text)
	if err != nil {
		return err
	}
	opt.Pages = document.Pages()
	names, many, err := expand(files)
	if err != nil {
		return cli.Fail(cli.Usage, "%w", err)
	}
	if many && f.voice != "" {
		return cli.Fail(cli.Usage, "--voice is for one report")
	}
	p := printer{w: cmd.OutOrStdout(), words: words, json: f.json, many: many}
	worst, common := cli.OK, newSeen()
	err = all(names, judgeFile(t, opt), func(o outcome) error {
		if o.err != nil && !many {
			return cli.Fail(cli.Usage, "%w", o.err)
		}
		common.add(o)
		worst = exitCode(worst, o, f.strict)
		return errors.Join(p.show(o), saveVoice(f.voice, o.res))
	})
	if err != nil {
		return err
	}
	for _, r := range common.remarks() {
		if err := p.remark(r); err != nil {
			return err
		}
	}
	return cli.End(worst)
}

// saveVoice writes the recording of an authentic report; nothing where no name is given.
func saveVoice(name string, res verify.Result) error {
	switch {
	case name == "" || !res.Authentic:
		return nil
	case res.Voice == nil:
		return cli.Fail(cli.CouldNotRun, "the report has no recording of a voice; nothing was written to %s", name)
	}
	return os.WriteFile(name, res.Voice, 0o600)
}

func code(res verify.Result, strict bool) int {
	if !res.Authentic {
		return cli.NotAuthentic
	}
	return cli.ForVerdict(res.Appraisal.Verdict, strict)
}

// worse orders the codes: not authentic, unreadable, not ready, inconclusive, warnings, ready.
func worse(a, b int) int {
	if rank(b) > rank(a) {
		return b
	}
	return a
}

func rank(code int) int {
	switch code {
	case cli.NotAuthentic:
		return 5
	case cli.Usage:
		return 4
	case cli.NotReady:
		return 3
	case cli.Inconclusive:
		return 2
	case cli.Warnings:
		return 1
	default:
		return 0
	}
}

// ReadTrust reads and verifies a trust file.
func ReadTrust(name string) (verify.Trust, error) {
	data, err := cli.ReadFile(name, bundle.MaxCoat)
	if err != nil {
		return verify.Trust{}, err
	}
	e, err := envelope.Parse(data)
	if err != nil {
		return verify.Trust{}, errors.Join(verify.ErrTrust, err)
	}
	return verify.OpenTrust(e)
}

func options(f flags) (verify.Options, error) {
	opt := verify.Options{At: time.Now()}
	if f.at != "" {
		at, err := time.Parse(time.RFC3339, f.at)
		if err != nil {
			return opt, cli.Fail(cli.Usage, "--at %q is not a time like 2026-03-01T12:00:00Z", f.at)
		}
		opt.At = at
	}
	if f.policy != "" {
		text, err := cli.ReadFile(f.policy, policy.MaxSize)
		if err != nil {
			return opt, cli.Fail(cli.Usage, "%w", err)
		}
		p, err := policy.Parse(text)
		if err != nil {
			return opt, cli.Fail(cli.Usage, "%s: %w", f.policy, err)
		}
		opt.Policy = &p
	}
	return opt, nil
}

// answer is the JSON form: the verification of one file.
type answer struct {
	File    string         `json:"file"`
	Error   string         `json:"error,omitzero"`
	Verdict report.Verdict `json:"verdict,omitzero"`
	verify.Result
}

// printer writes outcomes: JSON lines, one line a file, or one file in full.
type printer struct {
	w          io.Writer
	words      *advice.Catalogue
	json, many bool
}

func (p printer) show(o outcome) error {
	switch {
	case p.json:
		a := answer{File: o.file, Result: o.res}
		if o.err != nil {
			a.Error = o.err.Error()
		}
		if o.res.Appraisal != nil {
			a.Verdict = o.res.Appraisal.Verdict
		}
		return p.encode(a)
	case p.many:
		return line(p.w, o, p.words)
	default:
		return render.Verification(p.w, o.file, o.res, p.words, cli.Width(p.w))
	}
}

func (p printer) remark(r remark) error {
	if p.json {
		return p.encode(r)
	}
	if _, err := fmt.Fprintf(p.w, "%s\n", p.words.Name("remark."+r.Remark)); err != nil {
		return err
	}
	for _, f := range r.Files {
		fmt.Fprintf(p.w, "    %s\n", render.Clean(f))
	}
	return nil
}

func (p printer) encode(v any) error {
	text, err := strict.Encode(v)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.w, "%s\n", text)
	return err
}
