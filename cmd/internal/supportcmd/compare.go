package supportcmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"linecheck/assets"
	"linecheck/cmd/internal/cli"
	"linecheck/cmd/internal/verifycmd"
	"linecheck/cmd/internal/wiring"
	"linecheck/report"
	"linecheck/report/advice"
	"linecheck/report/change"
	"linecheck/report/policy"
	"linecheck/report/render"
	"linecheck/report/support"
	"linecheck/report/verify"
)

// comparison is the JSON form of "compare".
type comparison struct {
	Schema  string          `json:"schema"`
	A       comparedFile    `json:"a"`
	B       comparedFile    `json:"b"`
	Changes []change.Change `json:"changes"`
}

// comparedFile is one of the two, and how far it can be believed.
type comparedFile struct {
	File   string `json:"file"`
	Report string `json:"report_sha256,omitzero"`
	// Trust is "verified", "unverified", "altered" or "unsigned".
	Trust string `json:"trust"`
}

const comparisonSchema = "linecheck.comparison/1"

func compareCmd() *cobra.Command {
	var trust string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "compare A B",
		Short: "Say what changed between two reports",
		Long: `Say what changed between two reports of one computer.

A and B are reports in any form, support bundles, or what 'run --json' printed.
Numbers are told where they differ by more than two runs on one quiet line do.
Without the organisation's trust file nothing is verified, and the answer says so.`,
		Args: cobra.ExactArgs(2),
		RunE: cli.Run(func(cmd *cobra.Command, args []string) error { return compare(cmd, args[0], args[1], trust, asJSON) }),
	}
	cmd.Flags().StringVar(&trust, "trust", "", "the organisation's trust file, to verify reports by")
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

func compare(cmd *cobra.Command, a, b, trust string, asJSON bool) error {
	words, err := wiring.Messages("")
	if err != nil {
		return err
	}
	var t *verify.Trust
	if trust != "" {
		read, err := verifycmd.ReadTrust(trust)
		if err != nil {
			return cli.Fail(cli.Usage, "%s: %w", trust, err)
		}
		t = &read
	}
	c := comparison{Schema: comparisonSchema}
	var evidence [2][]report.Evidence
	for i, one := range []struct {
		name string
		file *comparedFile
	}{{a, &c.A}, {b, &c.B}} {
		if *one.file, evidence[i], err = look(one.name, t); err != nil {
			return cli.Fail(cli.Usage, "%s: %w", one.name, err)
		}
	}
	text, err := assets.Policy("self-check")
	if err != nil {
		return err
	}
	p, err := policy.Parse(text)
	if err != nil {
		return err
	}
	c.Changes = change.Between(evidence[0], evidence[1], p)
	if asJSON {
		return writeJSON(cmd, c)
	}
	cmd.Print(c.text(words, cli.Width(cmd.OutOrStdout())))
	return nil
}

// look reads the evidence of a file, and says how far it can be believed.
func look(name string, t *verify.Trust) (comparedFile, []report.Evidence, error) {
	f := comparedFile{File: name}
	data, err := cli.ReadFile(name, support.MaxSize)
	if err != nil {
		return f, nil, err
	}
	l, err := support.Look(data)
	if err != nil {
		return f, nil, err
	}
	f.Report = l.Digest
	f.Trust = map[string]string{support.SealWhole: "unverified", support.SealBroken: "altered", support.SealNone: "unsigned"}[l.Seal]
	if t != nil && l.Seal == support.SealWhole && verify.Bundle(data, *t, verify.Options{}).Authentic {
		f.Trust = "verified"
	}
	return f, l.Evidence, nil
}

// text is the comparison for people.
func (c comparison) text(w *advice.Catalogue, width int) string {
	var b strings.Builder
	for _, f := range []struct {
		name string
		file comparedFile
	}{{"A", c.A}, {"B", c.B}} {
		b.WriteString(render.Wrap(fmt.Sprintf("%s: %s: %s", f.name, render.Clean(f.file.File), w.Name("compare.trust."+f.file.Trust)), width, "   "))
	}
	if len(c.Changes) == 0 {
		b.WriteString(w.Name("compare.nothing") + "\n")
	}
	check := ""
	for _, one := range c.Changes {
		if one.Check != check {
			check = one.Check
			b.WriteString("\n" + render.Clean(w.Name(check)) + "\n")
		}
		b.WriteString(render.Wrap("  "+changeLine(one, w), width, "    "))
	}
	return b.String()
}

// changeLine is one change in a line.
func changeLine(c change.Change, w *advice.Catalogue) string {
	value := func(v string) string {
		switch {
		case v == "":
			return w.Name("value.absent")
		case c.Kind == change.Outcome:
			if a, ok := w.Find(v); ok {
				return a.Title
			}
			return w.Name("outcome." + v)
		case c.Kind == change.Number:
			return render.Quantity(v, c.Unit, w)
		}
		return w.Name(v)
	}
	switch c.Kind {
	case change.Method:
		return w.Name("compare.method")
	case change.Finding:
		which := "compare.new"
		if c.After == "" {
			which = "compare.gone"
		}
		return render.Clean(w.Name(which) + " " + w.For(report.Finding{Code: c.Key, Args: c.Args}).Title)
	}
	text := render.Clean(value(c.Before)) + " -> " + render.Clean(value(c.After))
	if c.Key != "" {
		text = render.Clean(w.Name(c.Key)) + ": " + text
	}
	return text
}
