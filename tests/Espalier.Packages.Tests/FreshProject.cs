namespace Espalier.Packages.Tests;

/// <summary>What a program of someone who has the packages needs, and how its answers are read.</summary>
internal static class FreshProject
{
    /// <summary>What such a program references.</summary>
    internal static string[] Packages { get; } = ["Espalier"];

    /// <summary>The values of lines that begin with a key, in their order.</summary>
    internal static string[] Values(string output, string key) =>
        [.. output.Split('\n', StringSplitOptions.TrimEntries).Where(line => line.StartsWith($"{key}: ", StringComparison.Ordinal)).Select(line => line[(key.Length + 2)..])];

    /// <summary>Builds and runs one on the JIT compiler.</summary>
    internal static async Task<string> RunOnJit(PackedSolution solution)
    {
        string folder = solution.NewProject(Packages);
        return (await Command.Run(folder, solution.Environment, Command.Dotnet, "run", "-c", "Release", "--", Path.Combine(folder, "mine.espalier"))).Succeeded().Out;
    }
}
