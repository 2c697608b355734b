package main

import (
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"

	"linecheck/checks/session"
	"linecheck/gui/model"
)

func preferencesFile(home string) string { return filepath.Join(home, "window.json") }

// readPreferences are what the person chose about the window before. What cannot be
// read is as if nothing was chosen.
func readPreferences(home string) (p model.Preferences) {
	data, err := os.ReadFile(preferencesFile(home))
	if err != nil || json.Unmarshal(data, &p) != nil {
		return model.Preferences{}
	}
	return p
}

func savePreferences(home string, log *slog.Logger) func(model.Preferences) {
	return func(p model.Preferences) {
		data, err := json.Marshal(p)
		if err == nil {
			err = session.WriteFile(preferencesFile(home), data)
		}
		if err != nil {
			log.Warn("the preferences cannot be kept", "error", err)
		}
	}
}
