using Espalier.Data;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Opens data and matches its classes to a model's outputs; a model without labels gets the class names of the data.</summary>
internal static class ClassMatching
{
    /// <summary>Opens data for evaluation.</summary>
    /// <param name="model">The model. It gets the class names of the data if it has no labels or if the rule replaces them.</param>
    /// <param name="paths">The paths of the data; several data sets are concatenated.</param>
    /// <param name="rule">How classes are matched.</param>
    /// <param name="source">The options for opening the data.</param>
    /// <exception cref="ClassMismatchException">The classes of the data do not match those of the model.</exception>
    internal static MatchedDataset OpenForEvaluation(ref Model model, IEnumerable<string> paths, ClassRule rule, DataSourceOptions? source = null)
    {
        IDataset[] parts = [.. paths.Select(path => DataSource.OpenForEvaluation(path, source))];
        MatchedDataset data = MatchedDataset.Join(OutputsOf(model, rule), parts, rule);
        model = Named(model, data.Outputs);
        return data;
    }

    /// <summary>Opens data for evaluation without changing the model.</summary>
    internal static MatchedDataset OpenForEvaluation(Model model, string path, EvaluationOptions? options, ImageDecodingOptions decoding) => OpenForEvaluation(ref model, [path], options?.Classes ?? default, new DataSourceOptions { Decoding = decoding });

    /// <summary>Matches the classes of a training and a validation set.</summary>
    /// <exception cref="ClassMismatchException">The classes of the data do not match those of the model.</exception>
    internal static MatchedTrainingData Match(ref Model model, TrainingData data, ClassRule rule)
    {
        OutputClasses outputs = OutputsOf(model, rule);
        var matched = new MatchedTrainingData(outputs.Match(data.Training, rule), outputs.Match(data.Validation, rule)); // matching the training set may have given the model labels
        model = Named(model, matched.Training.Outputs);
        return matched with { Notes = [.. new[] { matched.Training.Note, data.Note }.OfType<string>()] };
    }

    /// <summary>Gives labels to a second model that is compared with a first one: if it has none, its outputs are taken to be the data's classes in their order.</summary>
    /// <param name="second">The second model.</param>
    /// <param name="first">The first model, to whose outputs the data was matched.</param>
    /// <param name="data">The data, or <see langword="null"/> if it has no classes.</param>
    /// <param name="rule">How classes are matched.</param>
    /// <exception cref="ClassMismatchException">The classes do not match those of the second model.</exception>
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

    /// <summary>Opens images without labels.</summary>
    internal static MatchedDataset OpenUnlabelled(Model model, string path, ImageDecodingOptions decoding) => OutputClasses.Of(model).Match(ImageFileDataset.OpenUnlabelled([path], decoding));

    /// <summary>Whether a folder directly contains image files.</summary>
    internal static bool HoldsImages(string data) => Directory.Exists(data) && ImageFiles.Directly(data);

    /// <summary>Opens the images of a folder, or those of data for evaluation, whose classes do not matter.</summary>
    internal static IDataset OpenImages(string path, DataSourceOptions options) =>
        HoldsImages(path) ? ImageFileDataset.OpenUnlabelled([path], options.Decoding) : DataSource.OpenForEvaluation(path, options);

    /// <summary>The outputs of the model; without labels if the rule replaces them.</summary>
    private static OutputClasses OutputsOf(Model model, ClassRule rule) =>
        rule == ClassRule.Order ? new OutputClasses([], OutputClasses.CountOf(model)) : OutputClasses.Of(model);

    private static Model Named(Model model, OutputClasses outputs) => model.With(model.Metadata with { Labels = ValueList.From(outputs.Labels) });
}
