namespace Espalier.Packages.Tests;

public sealed class ToolTests(PackedSolution solution)
{
    [Fact]
    public async Task The_tool_installs_from_the_folder_and_runs()
    {
        string folder = solution.NewFolder();
        string root = Path.GetDirectoryName(Path.GetFullPath(Command.Dotnet)) is { } found && File.Exists(Command.Dotnet) ? found : "";
        var environment = new Dictionary<string, string>(solution.Environment);
        if (root.Length > 0)
        {
            environment["DOTNET_ROOT"] = root;
        }

        (await Command.Run(folder, environment, Command.Dotnet, "tool", "install", "Espalier.Cli", "--tool-path", folder, "--version", PackedSolution.Version)).Succeeded();

        string tool = Path.Combine(folder, OperatingSystem.IsWindows() ? "espalier.exe" : "espalier");
        string version = (await Command.Run(folder, environment, tool, "--version")).Succeeded().Out;
        Assert.StartsWith(PackedSolution.Version, version, StringComparison.Ordinal);
        Command summary = (await Command.Run(folder, environment, tool, "summary", "resnet18")).Succeeded();
        Assert.Contains("11,689,512", summary.Out, StringComparison.Ordinal); // torchvision's count
        Assert.DoesNotContain("compiled for vectors", summary.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await Command.Run(folder, environment, tool, "summary", "resnet5o")).Code);
    }
}
