using Espalier.Data;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Opens data and finds its classes among a model's outputs; a model without labels gets the data's.</summary>
internal static class ClassMatching
{
    /// <summary>Data to measure on.</summary>
    /// <param name="model">The model, which gets labels where it has none or other ones are asked for.</param>
    /// <param name="paths">Where the data is; several are joined.</param>
    /// <param name="rule">How classes are matched.</param>
    /// <param name="source">How data is opened.</param>
    /// <exception cref="ClassMismatchException">The classes are not the model's.</exception>
    internal static MatchedDataset OpenForEvaluation(ref Model model, IEnumerable<string> paths, ClassRule rule, DataSourceOptions? source = null)
    {
        IDataset[] parts = [.. paths.Select(path => DataSource.OpenForEvaluation(path, source))];
        MatchedDataset data = MatchedDataset.Join(OutputsOf(model, rule), parts, rule);
        model = Named(model, data.Outputs);
        return data;
    }

    /// <summary>Data to measure on, without a change of the model.</summary>
    internal static MatchedDataset OpenForEvaluation(Model model, string path, EvaluationOptions? options) => OpenForEvaluation(ref model, [path], options?.Classes ?? default);

    /// <summary>Both parts of data to learn from.</summary>
    /// <exception cref="ClassMismatchException">The classes are not the model's.</exception>
    internal static MatchedTrainingData Match(ref Model model, TrainingData data, ClassRule rule)
    {
        OutputClasses outputs = OutputsOf(model, rule);
        var matched = new MatchedTrainingData(outputs.Match(data.Training, rule), outputs.Match(data.Validation, rule)); // which has the classes of the other part
        model = Named(model, matched.Training.Outputs);
        return matched with { Notes = [.. new[] { matched.Training.Note, data.Note }.OfType<string>()] };
    }

    /// <summary>A second model that is compared with the first: where it has no labels, its outputs are the data's classes in their order, as a first one's are.</summary>
    /// <param name="second">The second model.</param>
    /// <param name="first">The first, to whose outputs the data was matched.</param>
    /// <param name="data">The data, or <see langword="null"/> where there is none with classes.</param>
    /// <param name="rule">How classes are matched.</param>
    /// <exception cref="ClassMismatchException">The classes are not the second model's.</exception>
    internal static (Model Model, string? Note) LabelSecond(Model second, Model first, MatchedDataset? data, ClassRule rule)
    {
        if (rule == ClassRule.Order)
        {
            return (second.With(second.Metadata with { Labels = first.Metadata.Labels }), null);
        }

        if (second.Metadata.Labels.Count > 0 || (data is null ? first.Metadata.Labels : data.ClassNames).Count == 0)
        {
            return (second, null);
        }

        OutputClasses outputs = new([], OutputClasses.CountOf(second)) { Owner = "the second model" };
        ClassMatch match = data is null ? outputs.Match(first.Metadata.Labels, source: "the first model") : outputs.Match(data.ClassNames, rule);
        return (Named(second, match.Outputs), match.Note);
    }

    /// <summary>Images without classes.</summary>
    internal static MatchedDataset OpenUnlabelled(Model model, string path) => OutputClasses.Of(model).Match(ImageFileDataset.OpenUnlabelled([path]));

    /// <summary>Whether a folder holds images themselves and not data sets or folders of them.</summary>
    internal static bool HoldsImages(string data) =>
        Directory.Exists(data) && Directory.EnumerateFiles(data).Any(file => Path.GetExtension(file).ToUpperInvariant() is ".JPG" or ".JPEG" or ".PNG");

    /// <summary>The outputs, without labels that are replaced anyway.</summary>
    private static OutputClasses OutputsOf(Model model, ClassRule rule) =>
        rule == ClassRule.Order ? new OutputClasses([], OutputClasses.CountOf(model)) : OutputClasses.Of(model);

    private static Model Named(Model model, OutputClasses outputs) => model.With(model.Metadata with { Labels = ValueList.From(outputs.Labels) });
}
