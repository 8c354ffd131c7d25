using Espalier.Data;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Inference;
using Espalier.Tensors;

namespace Espalier.Samples.MobileNetV1;

/// <summary>The network with the numbers of a checkpoint, ready for images.</summary>
public sealed class ImageClassifier : IDisposable
{
    private readonly Predictor _predictor;

    /// <summary>Loads a checkpoint: the names must be the network's, but for a prefix that all of them have.</summary>
    /// <param name="checkpoint">The checkpoint's path.</param>
    public ImageClassifier(string checkpoint)
    {
        Checkpoint read = CheckpointReader.Read(checkpoint);
        Model model = QuarterMobileNet.Create().Load(read.StateDict);
        _predictor = new Predictor(model);
    }

    /// <summary>The most probable classes of an image, best first.</summary>
    /// <param name="path">A JPEG or PNG file.</param>
    /// <param name="count">How many.</param>
    /// <param name="labels">The classes' names, or none.</param>
    public Prediction[] Classify(string path, int count, ValueList<string> labels = default)
    {
        Image image = ImageDecoder.Decode(path);
        Tensor input = InputPipeline.Create(Preprocessing.ImageNet, [3, 224, 224]).Run(image);
        Tensor batch = input.Reshape(input.Shape.Prepend(1));
        return Prediction.Top(_predictor.Run(batch).Read<float>(), count, labels);
    }

    /// <inheritdoc/>
    public void Dispose() => _predictor.Dispose();
}
