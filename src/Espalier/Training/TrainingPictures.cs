using Espalier.Data;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Determines the input size and preprocessing of a network for given data.</summary>
internal static class TrainingPictures
{
    /// <summary>The common size of the data's images; <see langword="null"/> if sizes differ, for the default of the architecture.</summary>
    private static Size? SizeOf(IDataset data) => data.SampleShape is { } shape ? new Size(shape[1], shape[2]) : null;

    /// <summary>Adds preprocessing to a model that has none, such as one for gray images.</summary>
    private static Model WithPreprocessing(Model model)
    {
        if (model.Metadata.Preprocessing is not null)
        {
            return model;
        }

        FeatureMap input = FeatureMap.Of(model.Graph.ShapeOf(model.Graph.Input.Name));
        Normalization usual = input.Channels == 1 ? Normalization.Mnist : Normalization.ImageNet;
        var preprocessing = new Preprocessing
        {
            Resize = Math.Min(input.Height, input.Width),
            Crop = input.Size,
            Normalization = usual,
        };
        return model.With(model.Metadata with { Preprocessing = preprocessing });
    }

    /// <summary>A network for the data's classes and image size, and the data with its outputs as classes.</summary>
    /// <param name="data">The data.</param>
    /// <param name="side">Pixels of an image's side, or <see langword="null"/> for the images' own, where they all have one.</param>
    /// <param name="build">Builds it, with weights.</param>
    internal static (Model Model, MatchedTrainingData Data) Network(TrainingData data, int? side, Func<ZooOptions, Model> build)
    {
        Size? size = side is int pixels ? new Size(pixels, pixels) : SizeOf(data.Training);
        return Name(WithPreprocessing(build(new ZooOptions { Classes = data.Training.Labels.Count, InputSize = size })), data);
    }

    /// <summary>Gives a network the class names of the data as labels, and matches the data to it.</summary>
    internal static (Model Model, MatchedTrainingData Data) Name(Model model, TrainingData data)
    {
        Model named = model.With(model.Metadata with { Labels = ValueList.From(data.Training.Labels) });
        OutputClasses outputs = OutputClasses.Of(named);
        return (named, new MatchedTrainingData(outputs.Match(data.Training), outputs.Match(data.Validation)));
    }
}
