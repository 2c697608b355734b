// Package buildinfo knows what this program is: its version and the system it
// runs on. It asks the binary itself and nobody else.
package buildinfo

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"linecheck/report"
)

// development is the version of a build that carries no other. It is older than any
// release: nobody can tell what is in such a build.
const development = "0.1.0-dev"

// Version is the module's version as built, or "0.1.0-dev".
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return development
	}
	return info.Main.Version
}

// Program is what a report says of the program that made it.
func Program(name string) report.Program {
	return report.Program{Name: name, Version: Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
}

// Command is the verb that prints name, version and system.
func Command(name string) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		Run: func(cmd *cobra.Command, _ []string) {
			p := Program(name)
			cmd.Printf("%s %s %s/%s %s\n", p.Name, p.Version, p.OS, p.Arch, runtime.Version())
		},
	}
}
