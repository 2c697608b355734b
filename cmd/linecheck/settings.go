package main

import (
	"errors"
	"os/exec"
	"path/filepath"
	"runtime"

	"linecheck/report/advice"
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
			advice.PageSound: "ms-settings:sound", advice.PageMicrophone: "ms-settings:privacy-microphone", advice.PageNetwork: "ms-settings:network",
			advice.PagePower: "ms-settings:powersleep", advice.PageTime: "ms-settings:dateandtime", advice.PageUpdate: "ms-settings:windowsupdate", advice.PageStorage: "ms-settings:storagesense",
		}[page]
		return [][]string{{"rundll32", "url.dll,FileProtocolHandler", uri}}
	case "darwin":
		pane := map[string]string{
			advice.PageSound: "com.apple.preference.sound", advice.PageMicrophone: "com.apple.preference.security?Privacy_Microphone", advice.PageNetwork: "com.apple.preference.network",
			advice.PagePower: "com.apple.preference.battery", advice.PageTime: "com.apple.preference.datetime", advice.PageUpdate: "com.apple.preferences.softwareupdate", advice.PageStorage: "com.apple.settings.Storage",
		}[page]
		return [][]string{{"open", "x-apple.systempreferences:" + pane}}
	default:
		return desktopCommands(page)
	}
}

// desktopCommands are those of the desktops of Linux: GNOME, KDE Plasma, Xfce, and tools of none of them.
func desktopCommands(page string) [][]string {
	gnome := map[string]string{advice.PageSound: "sound", advice.PageMicrophone: "microphone", advice.PageNetwork: "wifi", advice.PagePower: "power", advice.PageTime: "datetime", advice.PageUpdate: "info-overview", advice.PageStorage: "info-overview"}[page]
	plasma := map[string]string{advice.PageSound: "kcm_pulseaudio", advice.PageMicrophone: "kcm_pulseaudio", advice.PageNetwork: "kcm_networkmanagement", advice.PagePower: "powerdevilprofilesconfig", advice.PageTime: "kcm_clock", advice.PageUpdate: "kcm_updates", advice.PageStorage: "kcm_disks"}[page]
	all := [][]string{{"gnome-control-center", gnome}, {"systemsettings", plasma}, {"systemsettings5", plasma}}
	switch page {
	case advice.PageSound, advice.PageMicrophone:
		all = append(all, []string{"pavucontrol"})
	case advice.PageNetwork:
		all = append(all, []string{"nm-connection-editor"})
	case advice.PagePower:
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
