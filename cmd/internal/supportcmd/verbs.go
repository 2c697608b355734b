package supportcmd

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"linecheck/checks"
	"linecheck/checks/catalog"
	"linecheck/checks/session"
	"linecheck/cmd/internal/cli"
	"linecheck/cmd/internal/wiring"
	"linecheck/report"
	"linecheck/report/advice"
	"linecheck/report/policy"
	"linecheck/report/render"
)

func checksCmd() *cobra.Command {
	return &cobra.Command{
		Use: "checks", Short: "List the checks", Args: cobra.NoArgs,
		RunE: cli.Run(func(cmd *cobra.Command, _ []string) error {
			words, err := wiring.Messages("")
			if err != nil {
				return err
			}
			for _, s := range specs() {
				var needs []string
				for _, n := range s.Needs {
					needs = append(needs, string(n))
				}
				cmd.Printf("%-18s about %2.0f s  at most %3d MB  needs %-22s %s\n", s.ID, s.Typical.Seconds(), s.MaxBytes/1e6, strings.Join(needs, ","), words.Name(s.ID))
			}
			return nil
		}),
	}
}

// specs describe all checks that there are.
func specs() (all []checks.Spec) {
	for _, c := range catalog.All(catalog.Config{}, nil, policy.Policy{}) {
		all = append(all, c.Spec())
	}
	return all
}

// deviceList is the JSON form of "devices".
type deviceList struct {
	Schema  string      `json:"schema"`
	Devices []deviceRow `json:"devices"`
}

type deviceRow struct {
	Name          string `json:"name"`
	API           string `json:"api"`
	Inputs        int    `json:"inputs"`
	Outputs       int    `json:"outputs"`
	DefaultInput  bool   `json:"default_input"`
	DefaultOutput bool   `json:"default_output"`
}

func devicesCmd() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "devices", Short: "List microphones, headphones and speakers", Args: cobra.NoArgs,
		RunE: cli.Run(func(cmd *cobra.Command, _ []string) error {
			h, err := wiring.Helper()
			if err != nil {
				return err
			}
			all, err := h.List(cmd.Context())
			if err != nil {
				return err
			}
			list := deviceList{Schema: "linecheck.devices/1", Devices: []deviceRow{}}
			for _, d := range all {
				list.Devices = append(list.Devices, deviceRow{d.Name, d.API, d.Inputs, d.Outputs, d.DefaultInput, d.DefaultOutput})
			}
			if asJSON {
				return writeJSON(cmd, list)
			}
			for _, d := range list.Devices {
				cmd.Println(d.describe())
			}
			if len(list.Devices) == 0 {
				return cli.Fail(cli.CouldNotRun, "this computer has no sound devices")
			}
			return nil
		}),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

func (d deviceRow) describe() string {
	var kinds []string
	if d.Inputs > 0 {
		kinds = append(kinds, mark("microphone", d.DefaultInput))
	}
	if d.Outputs > 0 {
		kinds = append(kinds, mark("headphones or speakers", d.DefaultOutput))
	}
	return fmt.Sprintf("%s  [%s]  %s", render.Clean(d.Name), d.API, strings.Join(kinds, ", "))
}

func mark(kind string, standard bool) string {
	if standard {
		return kind + " (default)"
	}
	return kind
}

func explainCmd() *cobra.Command {
	return &cobra.Command{
		Use: "explain CODE", Short: "Say what a code means and what to do", Args: cobra.ExactArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
			words, err := wiring.Messages("")
			if err != nil || len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return slices.DeleteFunc(words.List(), func(code string) bool { return !strings.HasPrefix(code, begun) }), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: cli.Run(func(cmd *cobra.Command, args []string) error {
			words, err := wiring.Messages("")
			if err != nil {
				return err
			}
			if _, ok := words.Find(args[0]); !ok {
				return unknownCode(args[0], words.List())
			}
			code := args[0]
			var b strings.Builder
			explain(&b, report.Finding{Code: code, Args: unfilled(), Fault: faultBy(code)}, words, cli.Width(cmd.OutOrStdout()))
			if check := advice.CheckFor(code); check != "" {
				b.WriteString(render.Wrap(fmt.Sprintf("  %s %s run --check %s", words.Name("diagnose.again"), Name, check), cli.Width(cmd.OutOrStdout()), "    "))
			}
			cmd.Print(b.String())
			return nil
		}),
	}
}

// unknownCode says which codes there are beside one that is none.
func unknownCode(code string, known []string) error {
	family, _, _ := strings.Cut(code, ".")
	beside := slices.DeleteFunc(known, func(k string) bool { return !strings.HasPrefix(k, family+".") })
	if len(beside) == 0 {
		return cli.Fail(cli.Usage, "there is no code %q; a code is as network.dns.broken, and stands beside each finding", code)
	}
	return cli.Fail(cli.Usage, "there is no code %q; codes of %s are: %s", code, family, strings.Join(beside, " "))
}

// unfilled stands in for the values that a code's texts have room for.
func unfilled() map[string]string {
	return map[string]string{"value": "…", "unit": "", "required": "…", "key": "…", "check": "…", "seen": "…", "what": "…", "issuer": "…"}
}

// faultBy is whose fault a code mostly is, by its family: it tells which settings help.
func faultBy(code string) report.Fault {
	for _, line := range []string{"internet.", "network.", "webrtc.", "*."} {
		if strings.HasPrefix(code, line) {
			return report.FaultNetwork
		}
	}
	return report.FaultYou
}

func sendCmd() *cobra.Command {
	var server string
	cmd := &cobra.Command{
		Use: "send", Short: "Send the reports that wait in the outbox", Args: cobra.NoArgs,
		RunE: cli.Run(func(cmd *cobra.Command, _ []string) error {
			home, err := wiring.Home()
			if err != nil {
				return err
			}
			list, err := session.SendAll(cmd.Context(), home, server)
			if err != nil {
				return err
			}
			return showSent(cmd, list)
		}),
	}
	cmd.Flags().StringVar(&server, "probe", "", "address of the server, where it has another name from here")
	return cmd
}

func showSent(cmd *cobra.Command, list []session.Sent) error {
	if len(list) == 0 {
		cmd.Println("Nothing waits to be sent.")
	}
	failed := 0
	for _, s := range list {
		if s.Err != nil {
			failed++
			cmd.PrintErrf("%s: not sent: %s\n", s.Digest[:12], render.Clean(s.Err.Error()))
			continue
		}
		cmd.Printf("%s: sent, received %s\n", s.Digest[:12], receivedAt(s.Receipt))
	}
	if failed > 0 {
		return cli.Fail(cli.CouldNotRun, "%d of %d reports could not be sent; they stay in the outbox", failed, len(list))
	}
	return nil
}

func receivedAt(r *report.Receipt) string { return r.Received.Format("2006-01-02 15:04:05 MST") }
