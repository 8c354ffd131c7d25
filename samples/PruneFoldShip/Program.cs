// PruneFoldShip MODEL DATA OUT: half of the weights go, an epoch of fine-tuning makes up for them, and the folded network is written without its zeros.
using Espalier;
using Espalier.Surgery;
using Espalier.Training;

var model = ModelSource.Load(args[0]);
var pruned = model.Prune(new WeightPruningOptions(WeightScore.Magnitude, PruneAmount.Fraction(0.5))).After;
var training = ImageTraining.FineTune(pruned, args[1], new ImageTrainingOptions { Batch = 20, Training = new TrainingOptions { Epochs = 1, LearningRate = 0.01 } });
FoldedModel folded = training.Run().Model.Fold();
folded.Model.Save(args[2], new SaveOptions { Compact = true });
foreach (LedgerStep step in folded.Model.History())
{
    Console.WriteLine($"{step.Label,-12} {step.Figures?.NonZeros,10:N0} weights  {step.Figures?.Bytes,10:N0} bytes  {step.Figures?.Accuracy:P1}");
}
