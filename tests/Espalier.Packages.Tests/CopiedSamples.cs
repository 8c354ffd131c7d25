namespace Espalier.Packages.Tests;

/// <summary>All samples, copied out of the repository and built there from the packages, once.</summary>
public sealed class CopiedSamples(PackedSolution solution) : IAsyncLifetime
{
    private static readonly string s_samples = Path.Combine(PackedSolution.Repository, "samples");

    private string _folder = "";

    /// <summary>The names of the samples: those of the folders in <c>samples/</c> that have a project.</summary>
    internal static string[] Names { get; } =
        [.. Directory.GetDirectories(s_samples).Select(Path.GetFileName).Where(name => File.Exists(Path.Combine(s_samples, name!, $"{name}.csproj"))).Order(StringComparer.Ordinal)!];

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        _folder = solution.NewFolder();
        foreach (string file in Names.SelectMany(name => Directory.GetFiles(Path.Combine(s_samples, name), "*", SearchOption.AllDirectories)))
        {
            string path = Path.GetRelativePath(s_samples, file);
            if (!path.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
            {
                string copy = Path.Combine(_folder, path);
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }
        }

        string projects = string.Concat(Names.Select(name => $"""<Project Path="{name}/{name}.csproj" />"""));
        await File.WriteAllTextAsync(Path.Combine(_folder, "Samples.slnx"), $"<Solution>{projects}</Solution>");
        (await Command.Run(_folder, solution.Environment, Command.Dotnet, "build", "Samples.slnx", "-c", "Release", "-warnaserror")).Succeeded();
    }

    /// <summary>A file of a sample's copy.</summary>
    internal string FileOf(string sample, params string[] path) => Path.Combine([_folder, sample, .. path]);

    /// <summary>Runs a sample.</summary>
    /// <returns>The lines that it writes.</returns>
    internal async Task<string[]> Run(string sample, params string[] arguments)
    {
        var environment = new Dictionary<string, string> { ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1" }; // percentages are the same everywhere, and ICU is not needed
        Command command = await Command.Run(_folder, environment, Command.Dotnet, [FileOf(sample, "bin", "Release", "net10.0", $"{sample}.dll"), .. arguments]);
        return command.Succeeded().Out.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    ValueTask IAsyncDisposable.DisposeAsync() => ValueTask.CompletedTask; // the folder is the solution's
}
