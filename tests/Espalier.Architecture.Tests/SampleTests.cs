using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Espalier.Architecture.Tests;

/// <summary>The samples are what a user of the package writes.</summary>
public sealed partial class SampleTests
{
    private static readonly string[] s_projects = [.. Repository.Files("samples", "*.csproj")];

    [Fact]
    public void Every_sample_references_the_package_of_this_version_and_nothing_else()
    {
        Assert.Contains("samples/Classify/Classify.csproj", s_projects);
        string version = XDocument.Parse(Repository.Read("Directory.Build.props")).Descendants("VersionPrefix").Single().Value;
        foreach (string file in s_projects)
        {
            XElement item = Assert.Single(XDocument.Parse(Repository.Read(file)).Descendants("ItemGroup").Elements());
            string package = file.Contains("ModelServer", StringComparison.Ordinal) ? "Espalier.Serving" : "Espalier"; // which brings the other
            Assert.Equal($"""<PackageReference Include="{package}" Version="{version}" />""", item.ToString());
        }
    }

    [Theory]
    [InlineData("AspNetEndpoint")]
    [InlineData("Classify")]
    [InlineData("FineTune", "Espalier.Training")]
    [InlineData("ModelServer")]
    [InlineData("NativeAotConsole")]
    [InlineData("PruneFoldShip")]
    public void One_using_is_enough_and_two_where_training(string sample, params string[] others)
    {
        string source = string.Concat(Repository.Files($"samples/{sample}", "*.cs").Select(Repository.Read));
        string first = sample == "ModelServer" ? "Espalier.Serving" : "Espalier";
        Assert.Equal([first, .. others], Used().Matches(source).Select(match => match.Groups[1].Value));
        Assert.DoesNotMatch(@"\bEspalier\.[A-Z]", Used().Replace(source, "")); // nor by a full name
    }

    [GeneratedRegex(@"^\s*(?:global )?using (?:static |\w+ = )?(Espalier[\w.]*);", RegexOptions.Multiline)]
    private static partial Regex Used();
}
