package main

import (
	"errors"
	"os/exec"
	"path/filepath"
	"runtime"

	"linecheck/gui/model"
)

// errNoSettings: no program was found that shows that page of the settings.
var errNoSettings = errors.New("the settings could not be opened")

// openSetting opens a page of the system's settings.
func openSetting(page string) error {
	for _, command := range settingCommands(runtime.GOOS, page) {
		if start(command...) == nil {
			return nil
		}
	}
	return errNoSettings
}

// settingCommands are the commands that may open a page, the likeliest first.
func settingCommands(system, page string) [][]string {
	switch system {
	case "windows":
		uri := map[string]string{
			model.PageSound: "ms-settings:sound", model.PageMicrophone: "ms-settings:privacy-microphone", model.PageNetwork: "ms-settings:network",
			model.PagePower: "ms-settings:powersleep", model.PageTime: "ms-settings:dateandtime", model.PageUpdate: "ms-settings:windowsupdate", model.PageStorage: "ms-settings:storagesense",
		}[page]
		return [][]string{{"rundll32", "url.dll,FileProtocolHandler", uri}}
	case "darwin":
		pane := map[string]string{
			model.PageSound: "com.apple.preference.sound", model.PageMicrophone: "com.apple.preference.security?Privacy_Microphone", model.PageNetwork: "com.apple.preference.network",
			model.PagePower: "com.apple.preference.battery", model.PageTime: "com.apple.preference.datetime", model.PageUpdate: "com.apple.preferences.softwareupdate", model.PageStorage: "com.apple.settings.Storage",
		}[page]
		return [][]string{{"open", "x-apple.systempreferences:" + pane}}
	default:
		return desktopCommands(page)
	}
}

// desktopCommands are those of the desktops of Linux: GNOME, KDE Plasma, Xfce, and tools of none of them.
func desktopCommands(page string) [][]string {
	gnome := map[string]string{model.PageSound: "sound", model.PageMicrophone: "microphone", model.PageNetwork: "wifi", model.PagePower: "power", model.PageTime: "datetime", model.PageUpdate: "info-overview", model.PageStorage: "info-overview"}[page]
	plasma := map[string]string{model.PageSound: "kcm_pulseaudio", model.PageMicrophone: "kcm_pulseaudio", model.PageNetwork: "kcm_networkmanagement", model.PagePower: "powerdevilprofilesconfig", model.PageTime: "kcm_clock", model.PageUpdate: "kcm_updates", model.PageStorage: "kcm_disks"}[page]
	all := [][]string{{"gnome-control-center", gnome}, {"systemsettings", plasma}, {"systemsettings5", plasma}}
	switch page {
	case model.PageSound, model.PageMicrophone:
		all = append(all, []string{"pavucontrol"})
	case model.PageNetwork:
		all = append(all, []string{"nm-connection-editor"})
	case model.PagePower:
		all = append(all, []string{"xfce4-power-manager-settings"})
	}
	return append(all, []string{"xfce4-settings-manager"})
}

// reveal shows a file in its folder.
func reveal(path string) error {
	switch runtime.GOOS {
	case "windows":
		return start("explorer", "/select,"+path)
	case "darwin":
		return start("open", "-R", path)
	default:
		return start("xdg-open", filepath.Dir(path))
	}
}

// start starts a program and does not wait for its end.
func start(command ...string) error {
	cmd := exec.Command(command[0], command[1:]...)
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { _ = cmd.Wait() }()
	return nil
}
