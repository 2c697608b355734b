package main

import (
	"context"
	"log/slog"
	"os"

	"github.com/adrg/xdg"

	"linecheck/cmd/internal/wiring"
	"linecheck/gui"
	"linecheck/report"
)

// desk is what the window can do on this computer beside checking it.
func desk(home string, program report.Program, log *slog.Logger) gui.Desk {
	return gui.Desk{
		Save:    savePreferences(home, log),
		Setting: openSetting,
		Reveal:  reveal,
		Support: func(ctx context.Context) (string, error) { return makeSupport(ctx, home, program) },
	}
}

// documents is the folder where people look for their documents; empty where there is none.
func documents() string {
	for _, dir := range []string{xdg.UserDirs.Documents, xdg.Home} {
		if st, err := os.Stat(dir); dir != "" && err == nil && st.IsDir() {
			return dir
		}
	}
	return ""
}

// makeSupport writes the support bundle among the person's documents.
func makeSupport(ctx context.Context, home string, program report.Program) (string, error) {
	m, files, err := wiring.Support(ctx, home, program)
	if err != nil {
		return "", err
	}
	dir := documents()
	if dir == "" {
		dir = home
	}
	return wiring.WriteSupport(dir, m, files)
}
