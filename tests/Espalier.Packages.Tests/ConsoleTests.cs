using System.Globalization;

namespace Espalier.Packages.Tests;

public sealed class ConsoleTests(PackedSolution solution)
{
    [Fact]
    public async Task A_fresh_project_builds_loads_and_runs_a_network_from_the_packages_alone()
    {
        string output = await FreshProject.RunOnJit(solution);

        double[] logits = [.. FreshProject.Values(output, "logit").Select(line => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture))];
        Assert.Equal(10, logits.Length);
        Assert.All(logits, logit => Assert.True(double.IsFinite(logit)));
        Assert.Equal(10, logits.Distinct().Count());
        Assert.Equal(["none"], FreshProject.Values(output, "advice"));
        Assert.All(FreshProject.Packages, package => Assert.True(
            Directory.Exists(Path.Combine(solution.Environment["NUGET_PACKAGES"], package.ToLowerInvariant(), PackedSolution.Version)), $"{package} came from somewhere else"));
    }
}
