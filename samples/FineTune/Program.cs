// FineTune MODEL DATA FOLDER [EPOCHS]: a trained model gets a new last layer for the classes of DATA, a folder with one folder of images for each class.
using Espalier;
using Espalier.Training;

var options = new ImageTrainingOptions
{
    NewHead = true,
    Folder = args[2],
    Batch = 20,
    Training = new TrainingOptions { Epochs = args.Length > 3 ? int.Parse(args[3]) : 10, LearningRate = 0.01, Extensions = [new FrozenScopes(["conv1", "bn1"])] },
};
ImageTraining training = ImageTraining.FineTune(ModelSource.Load(args[0]), args[1], options);
TrainingOutcome outcome = training.Run();
foreach (EpochRecord epoch in outcome.History)
{
    Console.WriteLine($"epoch {epoch.Epoch}: {epoch.ValidationAccuracy:P1} of the validation images");
}

Console.WriteLine($"{Path.Combine(args[2], "model.espalier")}: the model of epoch {outcome.BestEpoch}");
