using Espalier.Data;
using Espalier.Imaging;

namespace Espalier.Cli;

/// <summary>Collects the explanations of a report.</summary>
/// <param name="context">The terminal and the cancellation token.</param>
/// <param name="running">How networks are run.</param>
internal sealed class ReportedExplanations(CliContext context, ImageClassifierOptions running)
{
    private const int Images = 16; // that residual blocks are measured on

    /// <summary>The explanations so far.</summary>
    internal List<ReportExplanation> All { get; } = [];

    /// <summary>Adds the class activation map of each photo for each network.</summary>
    internal void AddPhotos(ImageFileDataset images, IReadOnlyList<(Model Model, string Name)> models)
    {
        List<PhotoExplainer> explainers = [];
        try
        {
            explainers.AddRange(models.Select(each => new PhotoExplainer(each.Model, running)));
            ProgressBar.Run(context.Terminal, "explain", images.Count, show => AddPhotos(images, models, explainers, show));
        }
        finally
        {
            explainers.ForEach(explainer => explainer.Dispose());
        }
    }

    private void AddPhotos(ImageFileDataset images, IReadOnlyList<(Model Model, string Name)> models, List<PhotoExplainer> explainers, Action<long> show)
    {
        int done = 0;
        foreach ((string name, Image image) in new ReadablePhotos(images, context.Terminal).Read())
        {
            for (int i = 0; i < models.Count; i++)
            {
                ClassActivationMap map = explainers[i].ClassActivation(explainers[i].Read(image, Path.GetFileName(name)), cancellation: context.Cancellation);
                All.Add(map.ForReport(models.Count > 1 ? models[i].Name : null));
            }

            show(++done);
        }
    }

    /// <summary>Adds what each residual block adds, for each network with residual blocks.</summary>
    internal void AddBlocks(string data, IReadOnlyList<(Model Model, string Name)> models)
    {
        var measuring = new ActivationOptions { Images = Images, Batch = running.Batch, Threads = running.Threads, Decoding = running.Decoding, Runtime = running.Runtime };
        foreach ((Model model, string name) in models)
        {
            const int Steps = 1000;
            NetworkActivations? found = null;
            ProgressBar.Run(context.Terminal, $"blocks of {name}", Steps, show => found = model.MeasureActivations(data, measuring, new DirectProgress<double>(part => show((long)(Steps * part))), context.Cancellation));
            if (!found!.Blocks.IsEmpty)
            {
                All.Add(found.ForReport(name));
            }
        }
    }
}
