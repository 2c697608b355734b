//go:build manual

package cli

import (
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// addManual adds the verb that writes the manual pages of a program and its version into a folder. What
// is shipped does not have it; their time is $SOURCE_DATE_EPOCH.
func addManual(root *cobra.Command) {
	root.AddCommand(&cobra.Command{
		Use: "manual DIR VERSION", Hidden: true, Args: cobra.ExactArgs(2),
		RunE: Run(func(cmd *cobra.Command, args []string) error {
			seconds, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64)
			if err != nil {
				return err
			}
			when := time.Unix(seconds, 0).UTC()
			root.DisableAutoGenTag = true
			return doc.GenManTree(root, &doc.GenManHeader{Title: strings.ToUpper(root.Name()), Section: "1", Date: &when, Source: "Linecheck " + args[1], Manual: "Linecheck"}, args[0])
		}),
	})
}
