package buildinfo

import (
	"github.com/spf13/cobra"

	"linecheck/assets"
	"linecheck/cmd/internal/cli"
)

// LicencesCommand is the verb that prints the licences of all that the programs are made of.
func LicencesCommand() *cobra.Command {
	return &cobra.Command{
		Use: "licences", Short: "Print the licences of what this program is made of", Args: cobra.NoArgs,
		RunE: cli.Run(func(cmd *cobra.Command, _ []string) error {
			text, err := assets.Licences()
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(text)
			return err
		}),
	}
}
