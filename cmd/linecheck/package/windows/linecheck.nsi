; The Windows installer: for the person who runs it, without an administrator. It is told
; VERSION, FOUR (the same as four numbers), TREE (the files), OUT, ICON, KILOBYTES, YEAR
; and, where there is a certificate, SIGN: a script that signs a file.

Unicode true
Target amd64-unicode
SetCompressor /SOLID lzma
SetCompressorDictSize 64 ; so that what both programs hold is held once
SetDateSave on ; the times in TREE are those of the commit
ManifestDPIAware true
RequestExecutionLevel user

!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\Linecheck"
!define SCHEME "Software\Classes\linecheck"

Name "Linecheck"
OutFile "${OUT}"
BrandingText "Linecheck ${VERSION}"
InstallDir "$LOCALAPPDATA\Programs\Linecheck"
InstallDirRegKey HKCU "${UNINSTALL}" "InstallLocation"

VIProductVersion "${FOUR}"
VIAddVersionKey "ProductName" "Linecheck"
VIAddVersionKey "CompanyName" "Linecheck"
VIAddVersionKey "FileDescription" "Linecheck setup"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "LegalCopyright" "Copyright ${YEAR} Linecheck"

!ifdef SIGN
  !uninstfinalize `sh "${SIGN}" "%1"` = 0
!endif

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_FINISHPAGE_RUN "$INSTDIR\linecheck.exe"
!include MUI2.nsh
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
; The first is for systems in a language that is not here. There is none in Filipino.
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "German"
!insertmacro MUI_LANGUAGE "Spanish"
!insertmacro MUI_LANGUAGE "French"
!insertmacro MUI_LANGUAGE "Hindi"
!insertmacro MUI_LANGUAGE "Italian"
!insertmacro MUI_LANGUAGE "Japanese"
!insertmacro MUI_LANGUAGE "Polish"
!insertmacro MUI_LANGUAGE "PortugueseBR"
!insertmacro MUI_LANGUAGE "Turkish"
!insertmacro MUI_LANGUAGE "SimpChinese"

; Programs that run keep their files from being replaced or removed. Ended at any moment,
; Linecheck goes on where it was; so it is asked to close, and closed after two seconds. The system's own
; program does it, and none that lies beside the installer.
!macro CLOSE
  nsExec::Exec '"$SYSDIR\taskkill.exe" /IM linecheck.exe'
  Pop $0
  ${If} $0 != 128 ; there is one; what has no window, as the helper for sound, cannot be asked and makes it an error
    Sleep 2000
  ${EndIf}
  nsExec::Exec '"$SYSDIR\taskkill.exe" /F /IM linecheck.exe'
  Pop $0
  nsExec::Exec '"$SYSDIR\taskkill.exe" /F /IM linecheck-support.exe'
  Pop $0
  Sleep 200
!macroend

Section
  !insertmacro CLOSE
  SetOutPath "$INSTDIR"
  File "${TREE}/*"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\Linecheck.lnk" "$INSTDIR\linecheck.exe"

  WriteRegStr HKCU "${SCHEME}" "" "URL:Linecheck"
  WriteRegStr HKCU "${SCHEME}" "URL Protocol" ""
  WriteRegStr HKCU "${SCHEME}\DefaultIcon" "" "$INSTDIR\linecheck.exe,0"
  WriteRegStr HKCU "${SCHEME}\shell\open\command" "" '"$INSTDIR\linecheck.exe" "%1"'

  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "Linecheck"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\linecheck.exe"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "Linecheck"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" ${KILOBYTES}
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
SectionEnd

Section "Uninstall"
  !insertmacro CLOSE
  ; What was measured goes, too. Reports that wait to be sent stay, in the outbox.
  RMDir /r "$APPDATA\linecheck\sessions"
  RMDir /r "$APPDATA\linecheck\reports"
  RMDir /r "$APPDATA\linecheck\refused"
  RMDir /r "$APPDATA\linecheck\trust"
  Delete "$APPDATA\linecheck\*.*"
  RMDir "$APPDATA\linecheck\outbox" ; where it is empty
  RMDir "$APPDATA\linecheck"
  RMDir /r "$APPDATA\fyne\com.linecheck.linecheck"
  RMDir "$APPDATA\fyne"
  RMDir /r "$LOCALAPPDATA\fyne\com.linecheck.linecheck"
  RMDir "$LOCALAPPDATA\fyne"

  Delete "$SMPROGRAMS\Linecheck.lnk"
  DeleteRegKey HKCU "${SCHEME}"
  DeleteRegKey HKCU "${UNINSTALL}"
  Delete "$INSTDIR\linecheck.exe"
  Delete "$INSTDIR\linecheck-support.exe"
  Delete "$INSTDIR\LICENSE.txt"
  Delete "$INSTDIR\licences.txt"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
SectionEnd
