package supportcmd

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"linecheck/cmd/internal/buildinfo"
	"linecheck/cmd/internal/cli"
	"linecheck/cmd/internal/wiring"
	"linecheck/report/advice"
	"linecheck/report/render"
	"linecheck/report/support"
)

func bundleCmd() *cobra.Command {
	var out string
	var list, asJSON bool
	cmd := &cobra.Command{
		Use:   "bundle",
		Short: "Make a file for IT support, without names and secrets",
		Long: `Make a file for IT support: the newest report, what was measured, the log, sound
devices, interfaces, ways out, resolvers and versions, as a zip with a list of
its files. Addresses and names are replaced by pseudonyms, which stay the same
from bundle to bundle; keys, passwords, invites, recordings and legal names are
not in it. --list shows what is in and what was hidden, and writes nothing.`,
		Args: cobra.NoArgs,
		RunE: cli.Run(func(cmd *cobra.Command, _ []string) error { return makeBundle(cmd, out, list, asJSON) }),
	}
	cmd.Flags().StringVar(&out, "out", ".", "folder for the file")
	cmd.Flags().BoolVar(&list, "list", false, "show what is in and what was hidden; write nothing")
	cmd.Flags().BoolVar(&asJSON, "json", false, "the list as JSON")
	return cmd
}

func makeBundle(cmd *cobra.Command, out string, list, asJSON bool) error {
	words, err := wiring.Messages("")
	if err != nil {
		return err
	}
	home, err := wiring.Home()
	if err != nil {
		return err
	}
	m, files, err := wiring.Support(cmd.Context(), home, buildinfo.Program(Name))
	if err != nil {
		return err
	}
	path := ""
	if !list {
		if st, err := os.Stat(out); err != nil || !st.IsDir() {
			return cli.Fail(cli.Usage, "--out %s: there is no such folder", out)
		}
		if path, err = wiring.WriteSupport(out, m, files); err != nil {
			return fmt.Errorf("the file for IT support could not be written: %w", err)
		}
	}
	if asJSON {
		return writeJSON(cmd, m)
	}
	cmd.Print(contents(m, words))
	if path != "" {
		cmd.Printf("%s %s\n", words.Name("bundle.written"), path)
	}
	return nil
}

// contents says what is in a bundle and what was hidden.
func contents(m support.Manifest, w *advice.Catalogue) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n%s\n", w.Name("bundle.case"), m.Case, w.Name("bundle.in"))
	for _, f := range m.Files {
		fmt.Fprintf(&b, "  %-44s %8d\n", render.Clean(f.Name), f.Bytes)
	}
	b.WriteString(w.Name("bundle.hidden") + "\n")
	for _, h := range m.Hidden {
		line := "  " + w.Name("hidden."+h.What) + ": " + w.Name("hidden."+h.How)
		if h.Count > 0 {
			line += fmt.Sprintf(" (%d)", h.Count)
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}
