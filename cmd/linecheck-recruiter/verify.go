package main

import (
	"github.com/spf13/cobra"

	"linecheck/cmd/internal/verifycmd"
)

func verifyCmd() *cobra.Command { return verifycmd.New() }
