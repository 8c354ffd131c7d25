using Espalier.Data;
using Espalier.Data.Transforms;
using Espalier.Cli.Models;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Cli.Learning;

/// <summary>How a network takes the images of some data: at which size, and normalised how.</summary>
internal static class TrainingPictures
{
    /// <summary>The size of the data's images where they all have one, or else <see langword="null"/>: the network's usual one.</summary>
    internal static Size? SizeOf(IDataset data) => data.SampleShape is { } shape ? new Size(shape[1], shape[2]) : null;

    /// <summary>The model with a preprocessing of its own where it had none, as for gray images.</summary>
    internal static Model WithPreprocessing(Model model)
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
            Mean = ValueList.From(usual.Mean),
            StandardDeviation = ValueList.From(usual.Deviation),
        };
        return model.With(model.Metadata with { Preprocessing = preprocessing });
    }

    /// <summary>The pipeline of images that are not varied.</summary>
    internal static InputPipeline Plain(Model model) =>
        InputPipelines.Create(model.Metadata.Preprocessing!, model.Graph.ShapeOf(model.Graph.Input.Name));

    /// <summary>The data's class names, as long as there is one for each of the network's classes.</summary>
    internal static Model WithLabels(Model model, IDataset data)
    {
        Shape output = model.Graph.ShapeOf(model.Graph.Outputs[0]);
        return data.Labels.Count == output[0] ? model.With(model.Metadata with { Labels = ValueList.From(data.Labels) }) : model;
    }
}
