package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/adrg/xdg"

	"linecheck/checks/session"
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
	given := map[string][]byte{}
	if h, err := wiring.Helper(); err == nil {
		if all, err := h.List(ctx); err == nil {
			if data, err := json.MarshalIndent(all, "", " "); err == nil {
				given["devices.json"] = data
			}
		}
	}
	dir := documents()
	if dir == "" {
		dir = home
	}
	path := filepath.Join(dir, "Linecheck-support-"+time.Now().Format("20060102-150405")+".zip")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", err
	}
	if err := errors.Join(session.WriteSupport(f, home, program, given), f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(path))
	}
	return path, nil
}
