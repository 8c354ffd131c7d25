using Espalier.Data;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier;

/// <summary>How a network takes the images of some data: at which size, and normalized how.</summary>
internal static class TrainingPictures
{
    /// <summary>The size of the data's images where they all have one, or else <see langword="null"/>: the network's usual one.</summary>
    private static Size? SizeOf(IDataset data) => data.SampleShape is { } shape ? new Size(shape[1], shape[2]) : null;

    /// <summary>The model with a preprocessing of its own where it had none, as for gray images.</summary>
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

    /// <summary>A network that was built for the data's classes, and the data with its outputs as classes.</summary>
    internal static (Model Model, MatchedTrainingData Data) Name(Model model, TrainingData data)
    {
        Model named = model.With(model.Metadata with { Labels = ValueList.From(data.Training.Labels) });
        OutputClasses outputs = OutputClasses.Of(named);
        return (named, new MatchedTrainingData(outputs.Match(data.Training), outputs.Match(data.Validation)));
    }
}
