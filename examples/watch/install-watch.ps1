# Keeps a connection to a mail server open on a Windows computer and records each loss, from the start
# of the computer on, whether or not somebody is logged on. dropscope is a console program and no
# service by itself; the Task Scheduler, which is part of Windows, is what starts it and starts it again.
#
#   powershell -ExecutionPolicy Bypass -File install-watch.ps1 -Target mail.example.com:443
#   powershell -ExecutionPolicy Bypass -File install-watch.ps1 -Remove
#
# Run it as an administrator. The record: C:\ProgramData\dropscope\watch.jsonl; dropscope diagnose takes it.
# The task's end stops the program at once, so the record then ends without a last line, which diagnose takes.

param(
    [string]$Target = 'mail.example.com:443',
    [string]$Program = (Join-Path $PSScriptRoot 'dropscope.exe'),
    [string]$Folder = (Join-Path $env:ProgramData 'dropscope'),
    [int]$KeepAlive = 0,
    [switch]$Remove
)

$ErrorActionPreference = 'Stop'
$name = 'dropscope watch'

if ($Remove) {
    Stop-ScheduledTask -TaskName $name -ErrorAction SilentlyContinue
    Unregister-ScheduledTask -TaskName $name -Confirm:$false
    Write-Output "The task '$name' is gone; the record stays in $Folder."
    return
}
if ($Target -notmatch '^[A-Za-z0-9._%:\[\]-]+:[0-9]+$') {
    throw "'$Target' is no host with a port; expected HOST:PORT, such as mail.example.com:443"
}
if (-not (Test-Path -LiteralPath $Program -PathType Leaf)) {
    throw "There is no program at $Program; give its path with -Program"
}

New-Item -ItemType Directory -Path $Folder -Force | Out-Null
$record = Join-Path $Folder 'watch.jsonl'
# The task runs with few rights, and has to write here.
icacls $Folder /grant '*S-1-5-19:(OI)(CI)M' | Out-Null
if ($LASTEXITCODE -ne 0) { throw "The rights of $Folder could not be set" }

$arguments = "watch $Target --record `"$record`" --quiet"
if ($KeepAlive -gt 0) { $arguments += " --keep-alive $KeepAlive" }
$action = New-ScheduledTaskAction -Execute $Program -Argument $arguments -WorkingDirectory $Folder
$trigger = New-ScheduledTaskTrigger -AtStartup
# S-1-5-19 is the account "Local Service", which is called otherwise in other languages.
$principal = New-ScheduledTaskPrincipal -UserId 'S-1-5-19' -LogonType ServiceAccount
$settings = New-ScheduledTaskSettingsSet -RestartCount 999 -RestartInterval (New-TimeSpan -Minutes 1) `
    -ExecutionTimeLimit ([TimeSpan]::Zero) -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries
Register-ScheduledTask -TaskName $name -Action $action -Trigger $trigger -Principal $principal `
    -Settings $settings -Force | Out-Null
Start-ScheduledTask -TaskName $name
Write-Output "Watching $Target; the record is $record."
