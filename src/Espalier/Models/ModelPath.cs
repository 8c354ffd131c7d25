using Espalier.Models;
using Espalier.Training;

namespace Espalier;

/// <summary>The file that the name of a model stands for.</summary>
internal static class ModelPath
{
    /// <summary>The model file of a training's folder; anything else is returned as it is. A name of the zoo is that, whatever folders there are.</summary>
    internal static string Resolve(string name)
    {
        if (!Directory.Exists(name) || Zoo.TryFind(name, out _))
        {
            return name;
        }

        string model = new TrainingFolder(name).Model;
        return File.Exists(model) ? model : name;
    }

    /// <summary>Throws if a resolved name is that of a folder, which then has no model file.</summary>
    /// <exception cref="Tensors.EspalierException">It is.</exception>
    internal static string Require(string resolved) => Directory.Exists(resolved)
        ? throw new Tensors.EspalierException($"{resolved} is a folder without {Path.GetFileName(new TrainingFolder(resolved).Model)}, which a training writes when it ends; expected a model file or the folder of a finished training")
        : resolved;
}
