using System.Text.RegularExpressions;

namespace Espalier.Architecture.Tests;

/// <summary>Where a data set's own numbers of classes may be read: everywhere else there is a <c>MatchedDataset</c>, whose classes are a network's outputs.</summary>
public sealed partial class ClassTests
{
    private static readonly Dictionary<string, string> Allowed = new()
    {
        ["src/Espalier/Classifying/EvaluationTally.cs"] = "of a MatchedDataset",
        ["src/Espalier/Classifying/ReportTally.cs"] = "of a MatchedDataset",
        ["src/Espalier/Training/ClassBalance.cs"] = "of a MatchedDataset",
        ["src/Espalier/Demonstration/ShapesTraining.cs"] = "the name of what it has drawn itself",
        ["src/Espalier.Training/Loop/TrainingDataCheck.cs"] = "refuses data that is not matched",
        ["src/Espalier.Training/Loop/DatasetDigest.cs"] = "tells data sets from one another",
        ["src/Espalier.Training/Losses/Mixing.cs"] = "of a batch of data that TrainingDataCheck has let through",
        ["src/Espalier.Training/Pruning/LossGradients.cs"] = "of a batch of data that TrainingDataCheck has let through",
    };

    [Fact]
    public void Nothing_reads_a_data_sets_own_classes_past_the_matching()
    {
        string[] readers = [.. Sources.Where(file => Reading().IsMatch(Repository.Read(file)))];
        Assert.Equal(Allowed.Keys.Order(StringComparer.Ordinal), readers.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Data_to_measure_on_is_opened_in_one_place() => Assert.Equal(
        ["src/Espalier/Classifying/ClassMatching.cs"],
        Sources.Where(file => Repository.Read(file).Contains("DataSource.OpenForEvaluation(", StringComparison.Ordinal)));

    [Theory]
    [InlineData("int truth = data.LabelOf(index);")]
    [InlineData("use(batch.Labels);")]
    [InlineData("others.Current.Labels[0]")]
    public void Reading_is_found(string code) => Assert.Matches(Reading(), code);

    private static IEnumerable<string> Sources => ((string[])["src/Espalier", "src/Espalier.Cli", "src/Espalier.Training", "src/Espalier.Inference", "src/Espalier.Surgery"]).SelectMany(folder => Repository.Files(folder, "*.cs"));

    [GeneratedRegex(@"\.LabelOf\(|\bbatch\.Labels\b|\bCurrent\.Labels\b", RegexOptions.IgnoreCase)]
    private static partial Regex Reading();
}
