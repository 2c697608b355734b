package main

import (
	"github.com/spf13/cobra"

	"linecheck/assets"
	"linecheck/cmd/internal/cli"
)

func policyCmd() *cobra.Command {
	return &cobra.Command{
		Use: "policy", Short: "Print the built-in policy, to start one of your own from", Args: cobra.NoArgs,
		RunE: cli.Run(func(cmd *cobra.Command, _ []string) error {
			text, err := assets.Policy("customer-service")
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(text)
			return err
		}),
	}
}
